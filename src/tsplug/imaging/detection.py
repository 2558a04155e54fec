"""Finding what is a star, and what is a hot pixel or a cosmic ray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sep
from numpy.typing import NDArray

from tsplug.imaging.settings import StarSettings
from tsplug.imaging.statistics import native

Floats = NDArray[np.float64]

_BORDER_PX = 4
_NEIGHBOURS = tuple((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0))
# sep keeps the pixels above threshold on a stack of fixed size; the usual 300 000 overflow on nebulae.
_PIXEL_STACK = 1_000_000


@dataclass(frozen=True)
class Sky:
    """A frame without its background, with the typical level and noise (ADU) of that background."""

    pixels: NDArray[np.float32]
    level: float
    noise: float
    noise_map: NDArray[np.float32]


@dataclass(frozen=True)
class Candidates:
    """One entry per star found: position (px, first pixel's centre is 0), peak over sky, width, signal to noise."""

    x: Floats
    y: Floats
    peak: Floats
    width_px: Floats
    snr: Floats
    blended: NDArray[np.bool_]

    def pick(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Candidates:
        """Return only the chosen candidates."""
        return Candidates(
            self.x[chosen],
            self.y[chosen],
            self.peak[chosen],
            self.width_px[chosen],
            self.snr[chosen],
            self.blended[chosen],
        )


def subtract_sky(pixels: NDArray[np.generic], settings: StarSettings) -> Sky:
    """Model the background on a mesh with clipping and take it away (spec/peers e-5)."""
    frame = np.ascontiguousarray(native(pixels), dtype=np.float32)
    if not np.isfinite(frame).all():
        finite = np.isfinite(frame)
        frame = np.where(finite, frame, np.float32(np.median(frame[finite])) if finite.any() else np.float32(0))
    background = sep.Background(frame, bw=settings.mesh_px, bh=settings.mesh_px, fw=3, fh=3)
    # A frame of one value has no noise; one ADU keeps thresholds finite.
    noise = float(background.globalrms) or 1.0
    noise_map = np.maximum(background.rms(), np.float32(0.2 * noise))
    return Sky(frame - background.back(), float(background.globalback), noise, noise_map)


def find_candidates(sky: Sky, settings: StarSettings) -> Candidates:
    """Return what stands out of the sky over several pixels, brightest first, away from the frame's border.

    Raises:
        ValueError: the frame is so full of structure that nothing can be told apart.
    """
    found = _extract(sky, settings)
    height, width = sky.pixels.shape
    column, row = found["xpeak"].astype(np.int64), found["ypeak"].astype(np.int64)
    inside = (np.minimum(column, row) >= _BORDER_PX) & (column < width - _BORDER_PX) & (row < height - _BORDER_PX)
    found, column, row = found[inside], column[inside], row[inside]
    genuine = _spreads_over_neighbours(sky, row=row, column=column)
    gain = settings.electrons_per_adu
    noise = sky.noise_map[row, column].astype(np.float64)
    flux = np.maximum(found["flux"], 0.0)
    snr = flux / np.sqrt(flux / gain + found["npix"] * noise**2 + 1e-12)
    small = found["a"] <= settings.widest_px
    chosen = np.flatnonzero(genuine & small & (snr >= settings.minimum_snr))
    chosen = chosen[np.argsort(-flux[chosen], kind="stable")]
    return Candidates(
        x=found["x"][chosen],
        y=found["y"][chosen],
        peak=sky.pixels[row, column][chosen].astype(np.float64),
        width_px=found["a"][chosen],
        snr=snr[chosen],
        blended=found["flag"][chosen] != 0,
    )


def _extract(sky: Sky, settings: StarSettings) -> NDArray[np.void]:
    sep.set_extract_pixstack(_PIXEL_STACK)
    try:
        found: NDArray[np.void] = sep.extract(
            sky.pixels, settings.threshold, err=sky.noise_map, minarea=settings.minimum_pixels, filter_type="conv"
        )
    # sep raises bare Exception when its buffers overflow.
    except Exception as error:
        raise ValueError(f"stars cannot be told apart on this frame: {error}") from error
    return found


def _spreads_over_neighbours(sky: Sky, *, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell stars from hot pixels: a star's light falls on its neighbours too (spec/image-performance 3.4)."""
    peak = sky.pixels[row, column]
    around = np.stack([sky.pixels[row + dy, column + dx] for dy, dx in _NEIGHBOURS])
    raised = (around > 2.5 * sky.noise_map[row, column]).sum(axis=0)
    return np.asarray((around.sum(axis=0) >= 1.1 * peak) & (raised >= 3))
