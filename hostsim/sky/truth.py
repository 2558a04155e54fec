"""What really was on a frame, for judging what is measured on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DECIMALS = 4
_LISTED = 5000


@dataclass(frozen=True)
class StarsTruth:
    """The stars drawn, as columns, brightest first.

    ``x`` and ``y`` are the middles of stars in binned pixels of the subframe, 0 at the centre of its first pixel;
    ``flux_e`` is in electrons before vignetting and dust, as the sensor gathers it through its mosaic. HFR is the
    radius of half the flux, FWHM the diameter of a circle as large as the area within half maximum, both in binned
    pixels and as pixels average the star; ``elongation`` is long axis to short,
    ``angle_deg`` the direction of the long axis from x towards y.
    """

    x: Floats
    y: Floats
    flux_e: Floats
    hfr_px: Floats
    fwhm_px: Floats
    elongation: Floats
    angle_deg: Floats

    @classmethod
    def none(cls) -> StarsTruth:
        """Return no stars."""
        return cls(*(np.zeros(0) for _ in fields(cls)))


@dataclass(frozen=True)
class SkyTruth:
    """The sky of a frame: surface brightness, air, clouds and the Moon.

    ``transparency`` is the part of starlight left of what clear air at this airmass lets through, 0 to 1; magnitudes
    are means over the exposure. ``blocked`` is the part of the view hidden behind the horizon. Angles are degrees;
    ``moon_illumination`` is 0 to 1.
    """

    sky_mag_per_arcsec2: float
    airmass: float
    transparency: float
    cloud_mag: float
    dew_mag: float
    blocked: float
    seeing_arcsec: float
    moon_altitude_deg: float
    moon_separation_deg: float
    moon_illumination: float


@dataclass(frozen=True)
class FrameTruth:
    """The stars drawn and the frame's expected measures.

    ``hfr_px``, ``fwhm_px`` and ``elongation`` are the medians of the stars drawn, and those of a star in the middle
    where there is none; ``middle_hfr_px`` is the latter's HFR. ``background_adu`` is the mean level of the empty sky,
    bias included: without stars, trails, galaxies and nebulae, so a field that a nebula fills is measured brighter.
    ``sky`` is None behind a closed cover or shutter. ``focus_error_um`` is how far the middle of the sensor lies behind
    best focus; guiding and drift are arcseconds on the sky (right ascension, declination). ``satellites`` hold the ends
    of each trail on the frame as (x, y, x, y) in binned pixels. ``gradient_percent`` is how much brighter than on
    average the even sky is at the right edge than at the left one, and at the lower than at the upper, before
    vignetting and dust. ``wrong`` says what spoils the frame.
    """

    stars: StarsTruth
    hfr_px: float
    fwhm_px: float
    elongation: float
    middle_hfr_px: float
    background_adu: float
    sky: SkyTruth | None = None
    focus_error_um: float = 0.0
    guiding_rms_arcsec: tuple[float, float] = (0.0, 0.0)
    drift_arcsec: tuple[float, float] = (0.0, 0.0)
    satellites: tuple[tuple[float, float, float, float], ...] = ()
    gradient_percent: tuple[float, float] = (0.0, 0.0)
    wrong: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; numbers that are not finite become None.

        Of the stars the brightest few thousand are listed, and ``drawn`` says how many there are.
        """
        values = {each.name: _plain(getattr(self, each.name)) for each in fields(self)}
        values["stars"]["drawn"] = int(self.stars.x.size)
        return values


def _plain(value: Any) -> Any:
    if isinstance(value, (StarsTruth, SkyTruth)):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value[:_LISTED].tolist()]
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return round(value, _DECIMALS) if math.isfinite(value) else None
    return value
