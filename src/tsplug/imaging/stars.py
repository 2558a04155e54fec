"""Measuring how many stars a frame shows, how sharp and how round they are."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import sep
from numpy.typing import NDArray

from tsplug.imaging.detection import Candidates, Sky, find_candidates, subtract_sky
from tsplug.imaging.profile import MoffatProfile, fit_profile
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.shapes import Shapes, Stamps, adaptive_shapes, cut_stamps

Floats = NDArray[np.float64]

_SMALLEST_FRAME_PX = 64
# The work on stamps is held to this many pixels: few large stars or many small ones.
_PIXEL_BUDGET = 120_000
_TOTAL_RADIUS = 5.0
_ROUNDNESS_STARS = 100
_DEFAULTS = StarSettings()


@dataclass(frozen=True)
class StarMeasurement:
    """The stars of a frame: how many, and the typical one; None where no star could be measured.

    ``hfr`` is the radius that holds half of a star's light (true half-flux radius), ``fwhm`` the full width at half
    maximum, geometric mean of both axes; both in pixels and as seen through the pixels, as every star tool gives them.
    ``hfr_stdev`` is the spread among the stars, ``eccentricity`` sqrt(1 - (b/a)^2) with the noise taken out, ``snr``
    the median signal to noise of the measured stars within 1.5 FWHM. ``background`` and ``noise`` are ADU.
    """

    background: float
    noise: float
    star_count: int
    measured: int = 0
    hfr: float | None = None
    hfr_stdev: float | None = None
    fwhm: float | None = None
    eccentricity: float | None = None
    snr: float | None = None


@dataclass(frozen=True)
class _Sample:
    """The stars that shapes are taken from."""

    stamps: Stamps
    shapes: Shapes
    snr: Floats

    @property
    def x(self) -> Floats:
        return self.stamps.x0 + self.shapes.dx

    @property
    def y(self) -> Floats:
        return self.stamps.y0 + self.shapes.dy


def measure_stars(pixels: NDArray[np.generic], settings: StarSettings = _DEFAULTS) -> StarMeasurement:
    """Find and measure the stars of a frame, rows by columns.

    Raises:
        ValueError: the frame is not two-dimensional, too small, or too full of structure.
    """
    if pixels.ndim != 2 or min(pixels.shape) < _SMALLEST_FRAME_PX:
        shape = " x ".join(map(str, pixels.shape))
        raise ValueError(f"stars need a frame of at least {_SMALLEST_FRAME_PX} pixels a side, not {shape}")
    sky = subtract_sky(pixels, settings)
    candidates = find_candidates(sky, settings)
    result = StarMeasurement(background=sky.level, noise=sky.noise, star_count=candidates.x.size)
    sample = _sample(sky, candidates, settings=settings)
    if sample is None:
        return result
    return _typical(result, sky, sample=sample, electrons_per_adu=settings.electrons_per_adu)


def _sample(sky: Sky, candidates: Candidates, *, settings: StarSettings) -> _Sample | None:
    """Choose the best unsaturated, unblended stars away from the edge, and take their shapes."""
    usable = ~candidates.blended & (candidates.peak + sky.level < settings.saturated_share * settings.full_scale_adu)
    bright = usable & (candidates.snr >= settings.good_snr)
    chosen = candidates.pick(bright if np.count_nonzero(bright) >= 10 else usable)
    if not chosen.x.size:
        return None
    width = float(np.median(chosen.width_px[:100]))
    half = int(np.clip(round(4.0 * width) + 2, 8, 32))
    height, columns = sky.pixels.shape
    inside = (np.minimum(chosen.x, chosen.y) > half) & (chosen.x < columns - half - 1) & (chosen.y < height - half - 1)
    most = min(settings.most_stars, max(20, _PIXEL_BUDGET // (2 * half + 1) ** 2))
    chosen = chosen.pick(np.flatnonzero(inside)[:most])
    stamps = cut_stamps(sky.pixels, x=chosen.x, y=chosen.y, half_width=half)
    shapes = adaptive_shapes(stamps, width)
    near = np.hypot(shapes.dx, shapes.dy) < max(2.0, width)
    good = shapes.settled & near & (shapes.amplitude > 0) & (shapes.sigma_px < half / 2.0)
    return _Sample(stamps.pick(good), shapes.pick(good), chosen.snr[good]) if good.any() else None


def _typical(result: StarMeasurement, sky: Sky, *, sample: _Sample, electrons_per_adu: float) -> StarMeasurement:
    profile = fit_profile(sample.stamps, sample.shapes, weights=np.minimum(sample.snr, 200.0) ** 2)
    sigma = sample.shapes.sigma_px
    fwhm = profile.fwhm * float(np.median(sigma))
    radii = _half_flux_radii(sky, sample, profile=profile)
    if not radii.size:
        return result
    kept = _clipped(radii)
    flux = _within(sky, sample, radius=np.full(sigma.size, 1.5 * fwhm))
    area = math.pi * (1.5 * fwhm) ** 2
    snr = flux / np.sqrt(np.maximum(flux, 0.0) / electrons_per_adu + area * sky.noise**2)
    return replace(
        result,
        measured=int(kept.size),
        hfr=float(np.median(kept)),
        hfr_stdev=float(np.std(kept, ddof=1)) if kept.size > 1 else 0.0,
        fwhm=fwhm,
        eccentricity=_eccentricity(sample),
        snr=float(np.median(snr)),
    )


def _within(sky: Sky, sample: _Sample, *, radius: Floats) -> Floats:
    flux, _, _ = sep.sum_circle(sky.pixels, sample.x, sample.y, radius, subpix=0)
    return np.asarray(flux, dtype=np.float64)


def _half_flux_radii(sky: Sky, sample: _Sample, *, profile: MoffatProfile) -> Floats:
    """Return each star's half-flux radius; the light outside the aperture is added from the common profile."""
    reach = np.maximum(_TOTAL_RADIUS * sample.shapes.sigma_px, 4.0)
    share = np.array([profile.enclosed(float(ratio)) for ratio in reach / sample.shapes.sigma_px])
    total = _within(sky, sample, radius=reach) / np.clip(share, 0.8, 1.0)
    lit = total > 0
    radii, _ = sep.flux_radius(sky.pixels, sample.x[lit], sample.y[lit], reach[lit], 0.5, normflux=total[lit], subpix=5)
    return np.asarray(radii[np.isfinite(radii) & (radii > 0)], dtype=np.float64)


def _clipped(values: Floats) -> Floats:
    """Return the values within three robust standard deviations of their median."""
    centre = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - centre))
    kept: Floats = values[np.abs(values - centre) <= 3.0 * spread + 1e-9]
    return kept


def _eccentricity(sample: _Sample) -> float:
    """Return the typical eccentricity, from the median squared ellipticity less what noise alone would give.

    The median of single stars' eccentricities is an artefact of noise: round stars at signal to noise 50 show 0.30.
    A component of the ellipticity vector has an error of about 2 / snr (spec/image-performance 3.6).
    """
    first, second = sample.shapes.ellipticity
    best = np.argsort(-sample.snr, kind="stable")[:_ROUNDNESS_STARS]
    squared = float(np.median(first[best] ** 2 + second[best] ** 2))
    # The median of a sum of two squared normal deviates is 2 ln 2.
    noise = 2.0 * math.log(2.0) * float(np.median((2.0 / np.maximum(sample.snr[best], 1.0)) ** 2))
    length = math.sqrt(min(max(squared - noise, 0.0), 1.0))
    return math.sqrt(2.0 * length / (1.0 + length))
