"""Stars far out of focus: discs and rings, found on coarse blocks and measured in large stamps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.background import Background, measure_background
from tsplug.imaging.detection import Peaks, find_peaks
from tsplug.imaging.growth import half_flux_radii, mean_radii, within_radius
from tsplug.imaging.sample import Probe
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.shapes import Shapes, adaptive_shapes
from tsplug.imaging.stamps import Stamps, border_levels, cut_stamps, fits_inside

Floats = NDArray[np.float64]

# Blocks are 4x4 pixels of the 2x2 frame; stamps of that frame are 73 px wide on the full one.
_BLOCK = 4
_HALF, _START_SIGMA = 18, 3.5
_LARGEST_FAILED_SHARE, _LARGEST_SIGMA_PX = 0.35, 3.6
_LEAST_NARROW_SHARE = 0.3
_FEWEST, _FEWEST_CANDIDATES = 3, 3
_MOST_STARS = 2000
_MOST_CANDIDATES_PER_DISC = 30
_SMALLEST_SIGMA_PX = 3.0
# A disc or ring ends within this many of its own sigma.
_REACH_SIGMA = 2.6
# More of the light than this in one pixel of the 2x2 frame is a hot pixel or a star in focus.
_LARGEST_PIXEL_SHARE = 0.2
# Discs that are wider than this against the usual one are several.
_WIDEST = 1.35
# Binning widens by a quarter of a pixel squared along each axis.
_BINNED_PX2 = 1.386 / 4.0


@dataclass(frozen=True)
class Discs:
    """Stars out of focus: places and radii (px of the full frame), ellipticities, signal to noise, light (ADU)."""

    x: Floats
    y: Floats
    hfr: Floats
    mean_radius: Floats
    vectors: tuple[Floats, Floats]
    snr: Floats
    flux: Floats

    def pick(self, chosen: NDArray[np.bool_]) -> Discs:
        """Return only the chosen ones."""
        x, y, hfr, mean_radius, snr, flux = (
            each[chosen] for each in (self.x, self.y, self.hfr, self.mean_radius, self.snr, self.flux)
        )
        return Discs(x, y, hfr, mean_radius, (self.vectors[0][chosen], self.vectors[1][chosen]), snr, flux)


def looks_defocused(first: Probe) -> bool:
    """Tell whether so many bright candidates are no stars, or such wide ones, that the frame is looked at again."""
    failed = 1.0 - first.share > _LARGEST_FAILED_SHARE or first.sigma_px > _LARGEST_SIGMA_PX
    return failed and first.looked_at >= _FEWEST_CANDIDATES


def are_narrow(first: Probe) -> bool:
    """Tell whether enough bright candidates are stars not too wide to be measured: others may be a nebula's."""
    return first.sigma_px <= _LARGEST_SIGMA_PX and first.share >= _LEAST_NARROW_SHARE


def are_most(discs: Discs, first: Probe, *, candidates: int) -> bool:
    """Tell whether discs are more than the narrow stars seen first: some blends of very sharp stars look like discs.

    The sharpest stars are too narrow to be measured in the first look, and knots of a nebula look like discs too. But a
    disc shows as some candidates, not as hundreds: where there are far more ``candidates``, the frame is in focus.
    """
    if first.sigma_px > _LARGEST_SIGMA_PX:
        return True
    return discs.x.size > max(first.share * first.looked_at, candidates / _MOST_CANDIDATES_PER_DISC)


def measure_discs(binned: NDArray[np.float32], sky: Background, *, settings: StarSettings) -> Discs | None:
    """Find and measure stars out of focus; None where there are none, as on a frame that is in focus.

    Args:
        binned: the 2x2 frame.
        sky: its background.
        settings: thresholds and the camera's gain.
    """
    peaks = _on_blocks(binned, settings)
    column, row = _BLOCK * peaks.column + _BLOCK // 2, _BLOCK * peaks.row + _BLOCK // 2
    inside = fits_inside(column, row, shape=binned.shape, half_width=_HALF)
    column, row = column[inside][:_MOST_STARS], row[inside][:_MOST_STARS]
    if column.size < _FEWEST:
        return None
    level, noise = sky.at(row.astype(np.float64), column.astype(np.float64))
    stamps = cut_stamps(binned, (column, row), half_width=_HALF, level=level)
    border = border_levels(stamps)
    stamps.values[...] -= np.where(np.abs(border) > 0.75 * noise, border, 0.0).astype(np.float32)
    shapes = adaptive_shapes(stamps, _START_SIGMA, boldness=0.0)
    good = _disc_like(stamps, shapes)
    if np.count_nonzero(good) < _FEWEST:
        return None
    found = _measured(stamps.pick(good), shapes.pick(good), noise=noise[good], settings=settings)
    # One disc whose curve of growth never passes one half would leave no usual size to hold the others against.
    found = found.pick(np.isfinite(found.hfr))
    found = found.pick(_single(found)) if found.x.size else found
    return found if found.x.size else None


def _on_blocks(binned: NDArray[np.float32], settings: StarSettings) -> Peaks:
    height, width = (size // _BLOCK * _BLOCK for size in binned.shape)
    whole = binned[:height, :width]
    rows = sum((whole[n::_BLOCK] for n in range(1, _BLOCK)), start=whole[0::_BLOCK])
    blocks = np.ascontiguousarray(sum((rows[:, n::_BLOCK] for n in range(1, _BLOCK)), start=rows[:, 0::_BLOCK]))
    sky = measure_background(blocks, tile_px=max(8, settings.mesh_px // _BLOCK), least_noise=1e-9)
    peaks = find_peaks(blocks, sky, threshold=settings.threshold, electrons_per_unit=settings.electrons_per_adu)
    return peaks.highest_first


def _disc_like(stamps: Stamps, shapes: Shapes) -> NDArray[np.bool_]:
    light = np.maximum(within_radius(stamps, shapes, radius=_reach(shapes)), 1e-9)
    spread = stamps.values.max(axis=(0, 1)) < _LARGEST_PIXEL_SHARE * light
    wide = (2.0 * shapes.sigma_px > _SMALLEST_SIGMA_PX) & (shapes.sigma_px < 0.7 * _HALF)
    near = np.hypot(shapes.dx, shapes.dy) < _HALF / 2.5
    return np.asarray(shapes.settled & spread & wide & near & (shapes.amplitude > 0.0))


def _reach(shapes: Shapes) -> Floats:
    most = _HALF + 0.5 - np.hypot(shapes.dx, shapes.dy)
    return np.asarray(np.minimum(_REACH_SIGMA * shapes.sigma_px + 1.0, most))


def _single(discs: Discs) -> NDArray[np.bool_]:
    """Tell which discs are one star each: two that overlap are measured once or twice, as a wide one between them."""
    usual = float(np.median(discs.hfr))
    single = discs.hfr <= _WIDEST * usual
    order = np.argsort(-discs.flux, kind="stable")
    x, y = discs.x[order], discs.y[order]
    for place in range(1, order.size):
        near = np.hypot(x[:place] - x[place], y[:place] - y[place]) < usual
        single[order[place]] &= not near.any()
    return single


def _measured(stamps: Stamps, shapes: Shapes, *, noise: Floats, settings: StarSettings) -> Discs:
    reach = _reach(shapes)
    flux = within_radius(stamps, shapes, radius=reach)
    radius = half_flux_radii(stamps, shapes, total=flux)
    sky = math.pi * reach**2 * noise**2
    return Discs(
        # Pixel 0 of the 2x2 frame has its middle between pixels 0 and 1.
        x=2.0 * (stamps.x0 + shapes.dx) + 0.5,
        y=2.0 * (stamps.y0 + shapes.dy) + 0.5,
        hfr=np.sqrt(np.maximum(4.0 * radius**2 - _BINNED_PX2, 0.1)),
        mean_radius=2.0 * mean_radii(stamps, shapes, reach=reach),
        vectors=shapes.ellipticity,
        snr=flux / np.sqrt(np.maximum(flux, 0.0) / settings.electrons_per_adu + sky + 1e-12),
        flux=flux,
    )
