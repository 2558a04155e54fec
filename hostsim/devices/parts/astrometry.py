"""Where things are in the sky: sidereal time, precession, horizontal coordinates; arcminute accuracy, no tables.

Nutation, aberration, refraction and UT1 - UTC are left out: together below a hundredth of a degree away from the
horizon, which is finer than a simulated mount needs. Angles are degrees, right ascensions and hour angles hours.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_Vector = tuple[float, float, float]


def days_since_j2000(moment: datetime) -> float:
    """Return days (UTC taken as UT1 and TT alike) since 2000-01-01 12:00."""
    return (moment - _J2000).total_seconds() / 86_400.0


def sidereal_hours(moment: datetime, longitude_deg: float) -> float:
    """Return the local mean sidereal time, 0 to 24 h (Meeus, Astronomical Algorithms, 12.4)."""
    days = days_since_j2000(moment)
    centuries = days / 36_525.0
    degrees = 280.46061837 + 360.98564736629 * days + 0.000387933 * centuries**2 + longitude_deg
    return degrees % 360.0 / 15.0


def wrap_hours(hours: float) -> float:
    """Bring an hour angle or a difference of hours to -12 up to, not including, +12."""
    return (hours + 12.0) % 24.0 - 12.0


def of_date(ra_hours: float, dec_deg: float, *, moment: datetime) -> tuple[float, float]:
    """Precess J2000 coordinates to the mean equator and equinox of ``moment`` (Meeus 21.4, IAU 1976)."""
    zeta, z, theta = _precession_angles(moment)
    return _rotate(ra_hours, dec_deg, angles=(zeta, theta, z))


def j2000(ra_hours: float, dec_deg: float, *, moment: datetime) -> tuple[float, float]:
    """Precess coordinates of ``moment`` back to J2000; the inverse of `of_date`."""
    zeta, z, theta = _precession_angles(moment)
    return _rotate(ra_hours, dec_deg, angles=(-z, -theta, -zeta))


def horizontal(ha_hours: float, dec_deg: float, *, latitude_deg: float) -> tuple[float, float]:
    """Return geometric altitude and azimuth (north 0, east 90) of an hour angle and declination."""
    ha, dec, latitude = math.radians(ha_hours * 15.0), math.radians(dec_deg), math.radians(latitude_deg)
    north = math.sin(dec) * math.cos(latitude) - math.cos(dec) * math.cos(ha) * math.sin(latitude)
    east = -math.cos(dec) * math.sin(ha)
    up = math.sin(dec) * math.sin(latitude) + math.cos(dec) * math.cos(ha) * math.cos(latitude)
    return math.degrees(math.asin(_unit(up))), _turn(math.degrees(math.atan2(east, north)))


def equatorial(altitude_deg: float, azimuth_deg: float, *, latitude_deg: float) -> tuple[float, float]:
    """Return hour angle (-12 to 12 h) and declination of an altitude and azimuth; the inverse of `horizontal`."""
    altitude, azimuth, latitude = (math.radians(angle) for angle in (altitude_deg, azimuth_deg, latitude_deg))
    west = -math.cos(altitude) * math.sin(azimuth)
    south = math.sin(altitude) * math.cos(latitude) - math.cos(altitude) * math.cos(azimuth) * math.sin(latitude)
    up = math.sin(altitude) * math.sin(latitude) + math.cos(altitude) * math.cos(azimuth) * math.cos(latitude)
    return wrap_hours(math.degrees(math.atan2(west, south)) / 15.0), math.degrees(math.asin(_unit(up)))


def _turn(degrees: float) -> float:
    # The remainder of a tiny negative angle is 360 itself.
    return degrees % 360.0 % 360.0


def _unit(value: float) -> float:
    return min(1.0, max(-1.0, value))


def _precession_angles(moment: datetime) -> tuple[float, float, float]:
    t = days_since_j2000(moment) / 36_525.0
    arcsec = (
        (2306.2181 + (0.30188 + 0.017998 * t) * t) * t,
        (2306.2181 + (1.09468 + 0.018203 * t) * t) * t,
        (2004.3109 - (0.42665 + 0.041833 * t) * t) * t,
    )
    zeta, z, theta = (math.radians(angle / 3600.0) for angle in arcsec)
    return zeta, z, theta


def _rotate(ra_hours: float, dec_deg: float, *, angles: _Vector) -> tuple[float, float]:
    first, theta, last = angles
    alpha, delta = math.radians(ra_hours * 15.0) + first, math.radians(dec_deg)
    a = math.cos(delta) * math.sin(alpha)
    b = math.cos(theta) * math.cos(delta) * math.cos(alpha) - math.sin(theta) * math.sin(delta)
    c = math.sin(theta) * math.cos(delta) * math.cos(alpha) + math.cos(theta) * math.sin(delta)
    dec = math.atan2(c, math.hypot(a, b))
    return _turn(math.degrees(math.atan2(a, b) + last)) / 15.0, math.degrees(dec)
