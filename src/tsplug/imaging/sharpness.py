"""How sharp the stars of a frame are: half-flux radius, mean radius, FWHM, signal to noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.growth import half_flux_radii, mean_radii, within_radius
from tsplug.imaging.middle import median
from tsplug.imaging.profile import StarProfile, fit_profile
from tsplug.imaging.sample import REACH_SIGMA, StarSample
from tsplug.imaging.shapes import Shapes

Floats = NDArray[np.float64]

_PROFILE_STARS = 200
# No star counts more than one of so many times the usual signal to noise.
_HIGHEST_RATIO = 3.0
_APERTURE_FWHM = 1.5
# Less of a star's light than this within reach means that the profile's wings are not to be believed.
_LEAST_ENCLOSED = 0.8
# Wider stars' own widths are to be believed; the light of the others is gathered within this many sigma.
_TELLING_SIGMA_PX, _LIGHT_SIGMA = 0.95, 2.5


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
    profile: StarProfile | None


def measure_sharpness(sample: StarSample, *, electrons_per_adu: float) -> Sharpness:
    """Measure each star of a sample; there is at least one.

    The profile is stacked from the best stars (spec/image-performance 3.5) and scaled with each star's adaptive sigma.
    """
    best = np.argsort(-sample.snr, kind="stable")[:_PROFILE_STARS]
    top = sample.pick(best)
    stacked = _stacked(top)
    profile = fit_profile(top.stamps, stacked, weights=_weights(top.snr))
    spread, sigma = sample.raw.sigma_px, sample.shapes.sigma_px
    total = _total(sample, profile=profile)
    # What cutting stamps out of a mosaic added to the widths is taken out of the radii too.
    sharper = sigma / spread
    hfr = half_flux_radii(sample.stamps, sample.raw, total=total) * sharper
    mean = mean_radii(sample.stamps, sample.raw, reach=_reach(sample)) * sharper
    # The profile's unit is the sigma that stamps show, which cutting them out of a mosaic made larger.
    wider = median(stacked.sigma_px) / median(stacked.without_blur(top.stamps.blur_px2).sigma_px)
    fwhm = profile.fwhm * wider * sigma
    aperture = _APERTURE_FWHM * median(fwhm)
    flux = within_radius(sample.stamps, sample.raw, radius=np.full(sigma.size, aperture))
    sky = math.pi * aperture**2 * sample.noise**2
    snr = flux / np.sqrt(np.maximum(flux, 0.0) / electrons_per_adu + sky + 1e-12)
    return Sharpness(hfr, mean, fwhm, snr, total, profile)


def _weights(snr: Floats) -> Floats:
    return np.asarray(np.minimum(snr, _HIGHEST_RATIO * median(snr)) ** 2)


def _stacked(top: StarSample) -> Shapes:
    """Return the shapes that stars are scaled by before their profiles are laid over each other.

    Of stars hardly wider than a pixel the measured width tells more of where in the pixel their middles lie than of
    themselves: they have one shape in common then, and the height that goes with their light.
    """
    raw = top.raw
    if median(raw.sigma_px) >= _TELLING_SIGMA_PX:
        return raw
    xx, yy, xy = (np.full(raw.dx.size, median(each)) for each in (raw.xx, raw.yy, raw.xy))
    alike = replace(raw, xx=xx, yy=yy, xy=xy)
    light = within_radius(top.stamps, raw, radius=_LIGHT_SIGMA * alike.sigma_px)
    return replace(alike, amplitude=np.maximum(light, 1e-9) / (2.0 * math.pi * np.sqrt(alike.determinant)))


def _reach(sample: StarSample) -> Floats:
    most = sample.stamps.half_width - np.hypot(sample.raw.dx, sample.raw.dy)
    return np.asarray(np.minimum(np.maximum(REACH_SIGMA * sample.raw.sigma_px, 4.0), most))


def _total(sample: StarSample, *, profile: StarProfile) -> Floats:
    """Return all light of each star: that within reach, and what the common profile says lies beyond."""
    reach = _reach(sample)
    share = profile.enclosed(reach / sample.raw.sigma_px)
    found = within_radius(sample.stamps, sample.raw, radius=reach)
    return np.asarray(found / np.clip(share, _LEAST_ENCLOSED, 1.0))
