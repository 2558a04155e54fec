"""Where the Moon is, how old it is and how much of it is lit."""

from __future__ import annotations

import erfa
import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.astronomy.earth import JULIAN_J2000, terrestrial_days

SYNODIC_MONTH_DAYS = 29.530_59

_OBLIQUITY_RAD = float(np.radians(23.439_291))


def moon_position(days: FloatArray) -> FloatArray:
    """Return the Moon's geocentric position (n x 3, au, celestial reference frame) at days of UTC since J2000."""
    return np.asarray(erfa.moon98(JULIAN_J2000, terrestrial_days(days))["p"], dtype=np.float64)


def moon_age_days(moon: FloatArray, sun: FloatArray) -> FloatArray:
    """Return the Moon's age, 0 at new and 14.77 at full Moon, from its ecliptic elongation.

    Args:
        moon: geocentric positions, n x 3.
        sun: geocentric positions, n x 3, in the same frame.
    """
    elongation = (_ecliptic_longitude_rad(moon) - _ecliptic_longitude_rad(sun)) % (2 * np.pi)
    return np.asarray(elongation / (2 * np.pi) * SYNODIC_MONTH_DAYS)


def moon_age_by_ra_days(moon: FloatArray, sun: FloatArray) -> FloatArray:
    """Return the Moon's age as Target Scheduler counts it: from the difference of right ascensions (planner a.11).

    That differs from `moon_age_days` by up to half a day. The Moon is to be seen from latitude and longitude 0.

    Args:
        moon: directions or positions in the true equator of date, n x 3.
        sun: the same of the Sun.
    """
    ra = np.arctan2(moon[:, 1], moon[:, 0]) - np.arctan2(sun[:, 1], sun[:, 0])
    return np.asarray(ra % (2 * np.pi) / (2 * np.pi) * SYNODIC_MONTH_DAYS)


def moon_illumination(moon: FloatArray, sun: FloatArray) -> FloatArray:
    """Return the lit fraction of the Moon's disc, 0 to 1, from geocentric positions (n x 3)."""
    to_sun = sun - moon
    cosine = -np.einsum("ij,ij->i", moon, to_sun)
    cosine /= np.linalg.norm(moon, axis=-1) * np.linalg.norm(to_sun, axis=-1)
    return np.asarray((1 + cosine) / 2)


def _ecliptic_longitude_rad(position: FloatArray) -> FloatArray:
    x, y, z = position.T
    return np.asarray(np.arctan2(y * np.cos(_OBLIQUITY_RAD) + z * np.sin(_OBLIQUITY_RAD), x))
