"""How the Earth stands and moves: time scales, sidereal time, precession-nutation, velocity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import erfa
import numpy as np

from tsplug.planning.arrays import FloatArray

JULIAN_J2000 = 2_451_545.0
SIDEREAL_DEG_PER_DAY = 360.98564736629
"""How far the Earth turns in a day of universal time."""

LIGHT_AU_PER_DAY = 173.144_632_674
AU_KM = 149_597_870.7

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_TT_MINUS_UTC_DAYS = 69.184 / 86_400
"""Of 2017 and later; some seconds off before, which moves nothing by more than the Moon's 0.01 degrees."""


@dataclass(frozen=True, eq=False)
class EarthFrame:
    """The Earth's attitude and motion at one moment.

    Attributes:
        moment_days: the moment, in days of UTC since J2000.
        to_true_equator: 3 x 3 matrix from the celestial reference frame to the true equator and equinox of date.
        sidereal_deg: Greenwich apparent sidereal time.
        velocity: the Earth's barycentric velocity in units of light's, in the celestial reference frame.
    """

    moment_days: float
    to_true_equator: FloatArray
    sidereal_deg: float
    velocity: FloatArray

    def local_sidereal_deg(self, days: FloatArray, longitude_deg: float) -> FloatArray:
        """Return local apparent sidereal time at moments (days of UTC since J2000), not reduced to one turn."""
        return self.sidereal_deg + longitude_deg + SIDEREAL_DEG_PER_DAY * (days - self.moment_days)

    def apparent(self, directions: FloatArray) -> FloatArray:
        """Return directions (... x 3, unit vectors) with annual aberration, in the true equator of date."""
        moved = directions + self.velocity
        moved /= np.linalg.norm(moved, axis=-1, keepdims=True)
        return np.asarray(moved @ self.to_true_equator.T)


def days_since_j2000(moment: datetime) -> float:
    """Return days of UTC since 2000-01-01 12:00."""
    return (moment - _J2000).total_seconds() / 86_400


def terrestrial_days(days: FloatArray | float) -> FloatArray:
    """Return days of terrestrial time since J2000 for days of UTC."""
    return np.asarray(days + _TT_MINUS_UTC_DAYS, dtype=np.float64)


def earth_frame(days: float) -> EarthFrame:
    """Return the Earth's attitude and motion at a moment: IAU 2006 precession, IAU 2000A nutation.

    Args:
        days: the moment, in days of UTC since J2000.
    """
    terrestrial = float(terrestrial_days(days))
    _, barycentric = erfa.epv00(JULIAN_J2000, terrestrial)
    return EarthFrame(
        moment_days=days,
        to_true_equator=np.asarray(erfa.pnm06a(JULIAN_J2000, terrestrial)),
        sidereal_deg=float(np.degrees(erfa.gst06a(JULIAN_J2000, days, JULIAN_J2000, terrestrial))),
        velocity=np.asarray(barycentric["v"]) / LIGHT_AU_PER_DAY,
    )


def site_position_au(latitude_deg: float, elevation_m: float) -> tuple[float, float]:
    """Return a site's distance from the Earth's axis and its height above the equator plane (WGS84), in au."""
    axis_m, _, north_m = erfa.gd2gc(1, 0.0, np.radians(latitude_deg), elevation_m)
    return float(axis_m) / (AU_KM * 1000), float(north_m) / (AU_KM * 1000)
