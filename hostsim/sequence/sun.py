"""Where the Sun is, well enough to know when it gets dark."""

from __future__ import annotations

import math
from datetime import datetime

from hostsim.devices.parts import astrometry
from tsplug import Site


def altitude_deg(ra_hours: float, dec_deg: float, *, site: Site, moment: datetime) -> float:
    """Return the geometric altitude of coordinates of date (hours, degrees) at a site."""
    hour_angle = astrometry.wrap_hours(astrometry.sidereal_hours(moment, site.longitude_deg) - ra_hours)
    altitude, _ = astrometry.horizontal(hour_angle, dec_deg, latitude_deg=site.latitude_deg)
    return altitude


def sun_altitude_deg(site: Site, moment: datetime) -> float:
    """Return the geometric altitude of the Sun's centre, good to 0.02 degrees.

    Source: The Astronomical Almanac, low-precision formulae for the Sun.
    """
    days = astrometry.days_since_j2000(moment)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 0.0000004 * days)
    ra = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    dec = math.asin(math.sin(obliquity) * math.sin(longitude))
    return altitude_deg(math.degrees(ra) / 15.0, math.degrees(dec), site=site, moment=moment)
