"""How many stars of each magnitude there are in each part of the sky, and how many of them the catalogue names."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_SKY_DEG2 = 41_253.0
# log10 of the stars of the whole sky brighter than m, 4 <= m <= 25 (Oesper 2020, "Counting Stars"): within 3 % of the
# Hipparcos count at magnitude 7 and 15 % of that of Tycho-2 with UCAC4 at 10.
_LOG_COUNT = np.array([-0.0003, 0.0019, 0.484, 0.795])
# The Milky Way: log10 of the density falls by this much from the plane to the poles. The bright end is measured on the
# Hipparcos stars; that the contrast grows to about 30 at magnitude 20 is what tables of counts by latitude show.
_CONTRAST_AT_7_5, _CONTRAST_PER_MAG = 0.42, 0.083
_SCALE_DEG = 30.0
# Fraction of the stars that the Hipparcos catalogue holds, by V - 1.1 |sin b|: its survey was complete to
# V = 7.3 + 1.1 |sin b| (ESA 1997, SP-1200 volume 1), beyond it holds chosen stars; measured against the counts above.
_SURVEY_MAG, _SURVEY_PER_SINE = 7.3, 1.1
_DEPTH_MAG = np.array([7.3, 7.55, 8.05, 8.55, 9.05, 9.55, 10.05, 11.0, 12.0])
_NAMED = np.array([1.0, 0.81, 0.57, 0.32, 0.13, 0.042, 0.012, 0.002, 0.0])
# The mean over the whole sky of 10 to the power of a contrast times the nearness to the plane, for a row of contrasts.
_SINES = (np.arange(200) + 0.5) / 200.0
_CONTRASTS = np.linspace(-0.5, 2.0, 126)
_MEANS = np.mean(10.0 ** np.outer(_CONTRASTS, np.exp(-np.degrees(np.arcsin(_SINES)) / _SCALE_DEG)), axis=1)


def sine_of_latitude(ra_deg: float, dec_deg: float) -> float:
    """Return the sine of a place's galactic latitude."""
    pole_ra, pole_dec = math.radians(192.859), math.radians(27.128)
    ra, dec = math.radians(ra_deg), math.radians(dec_deg)
    sine = math.sin(dec) * math.sin(pole_dec) + math.cos(dec) * math.cos(pole_dec) * math.cos(ra - pole_ra)
    return max(-1.0, min(1.0, sine))


def stars_per_deg2(magnitude: NDArray[np.float64], sine_latitude: float) -> NDArray[np.float64]:
    """Return how many stars brighter than each V magnitude a square degree holds there."""
    mean = 10.0 ** np.polyval(_LOG_COUNT, magnitude) / _SKY_DEG2
    contrast = _CONTRAST_AT_7_5 + _CONTRAST_PER_MAG * (magnitude - 7.5)
    nearness = math.exp(-math.degrees(math.asin(abs(sine_latitude))) / _SCALE_DEG)
    whole_sky = np.interp(contrast, _CONTRASTS, _MEANS)
    return np.asarray(mean * 10.0 ** (contrast * nearness) / whole_sky)


def survey_limit_mag(sine_latitude: float) -> float:
    """Return down to which V magnitude the catalogue holds every star."""
    return _SURVEY_MAG + _SURVEY_PER_SINE * abs(sine_latitude)


def named_fraction(magnitude: NDArray[np.float64], sine_latitude: float) -> NDArray[np.float64]:
    """Return which fraction of the stars of a V magnitude the catalogue holds there, 0 to 1."""
    return np.asarray(np.interp(magnitude - _SURVEY_PER_SINE * abs(sine_latitude), _DEPTH_MAG, _NAMED))
