"""How sharp the stars of a frame are: half-flux radius, mean radius, FWHM, signal to noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.growth import half_flux_radii, mean_radii, within_radius
from tsplug.imaging.profile import MoffatProfile, fit_profile
from tsplug.imaging.sample import REACH_SIGMA, StarSample

Floats = NDArray[np.float64]

_PROFILE_STARS = 200
_HIGHEST_WEIGHT_SNR = 200.0
_APERTURE_FWHM = 1.5
# Less of a star's light than this within reach means that the profile's wings are not to be believed.
_LEAST_ENCLOSED = 0.8


@dataclass(frozen=True)
class Sharpness:
    """One entry per star, NaN where it cannot be told: radii and FWHM in px, signal to noise within 1.5 FWHM.

    ``flux`` is all of a star's light (ADU). ``profile`` is what all have in common; without one there is no FWHM.
    """

    hfr: Floats
    mean_radius: Floats
    fwhm: Floats
    snr: Floats
    flux: Floats
    profile: MoffatProfile | None


def measure_sharpness(sample: StarSample, *, electrons_per_adu: float) -> Sharpness:
    """Measure each star of a sample; there is at least one.

    The profile is stacked from the best stars (spec/image-performance 3.5) and scaled with each star's adaptive sigma.
    """
    best = np.argsort(-sample.snr, kind="stable")[:_PROFILE_STARS]
    top = sample.pick(best)
    profile = fit_profile(top.stamps, top.raw, weights=np.minimum(top.snr, _HIGHEST_WEIGHT_SNR) ** 2)
    spread, sigma = sample.raw.sigma_px, sample.shapes.sigma_px
    total = _total(sample, profile=profile)
    # What cutting stamps out of a mosaic added to the widths is taken out of the radii too.
    sharper = sigma / spread
    hfr = half_flux_radii(sample.stamps, sample.raw, total=total) * sharper
    mean = mean_radii(sample.stamps, sample.raw, reach=_reach(sample)) * sharper
    fwhm = profile.fwhm * sigma
    aperture = _APERTURE_FWHM * float(np.median(fwhm))
    flux = within_radius(sample.stamps, sample.raw, radius=np.full(sigma.size, aperture))
    sky = math.pi * aperture**2 * sample.noise**2
    snr = flux / np.sqrt(np.maximum(flux, 0.0) / electrons_per_adu + sky + 1e-12)
    return Sharpness(hfr, mean, fwhm, snr, total, profile)


def _reach(sample: StarSample) -> Floats:
    most = sample.stamps.half_width - np.hypot(sample.raw.dx, sample.raw.dy)
    return np.asarray(np.minimum(np.maximum(REACH_SIGMA * sample.raw.sigma_px, 4.0), most))


def _total(sample: StarSample, *, profile: MoffatProfile) -> Floats:
    """Return all light of each star: that within reach, and what the common profile says lies beyond."""
    reach = _reach(sample)
    share = np.array([profile.enclosed(float(ratio)) for ratio in reach / sample.raw.sigma_px])
    found = within_radius(sample.stamps, sample.raw, radius=reach)
    return np.asarray(found / np.clip(share, _LEAST_ENCLOSED, 1.0))
