"""How bright the empty sky is: the dark site, altitude and twilight."""

from __future__ import annotations

import math
from datetime import datetime

from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite

_EXTINCTION_MAG = 0.16
_DAYLIGHT_MAG = 4.0
# Zenith twilight fades by about one magnitude per degree of the Sun's depression (Patat, Ugolnikov & Postylyakov 2006).
_TWILIGHT_MAG_AT_SUNSET = 6.5


def sun_altitude_deg(site: SkySite, moment: datetime) -> float:
    """Return the Sun's altitude without refraction, good to about 0.05 degrees.

    Formula: the Astronomical Almanac's low-precision solar coordinates.
    """
    days = hours_since_epoch(moment) / 24.0 - 0.5
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly))
    obliquity = math.radians(23.439 - 4.0e-7 * days)
    ra = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    dec = math.asin(math.sin(obliquity) * math.sin(longitude))
    sidereal = math.radians(280.46062 + 360.98564737 * days + site.longitude_deg)
    latitude = math.radians(site.latitude_deg)
    sine = math.sin(latitude) * math.sin(dec) + math.cos(latitude) * math.cos(dec) * math.cos(sidereal - ra)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def sky_mag_per_arcsec2(site: SkySite, moment: datetime, *, altitude_deg: float) -> float:
    """Return the sky's surface brightness in V at an altitude: airglow and haze, and twilight."""
    night = 10.0 ** (-0.4 * site.sky_brightness_mag) * _night_factor(altitude_deg)
    depression_deg = -sun_altitude_deg(site, moment)
    twilight = 10.0 ** (-0.4 * max(_DAYLIGHT_MAG, _TWILIGHT_MAG_AT_SUNSET + depression_deg))
    return -2.5 * math.log10(night + twilight)


def _night_factor(altitude_deg: float) -> float:
    """Return the night sky's brightness relative to the zenith (Krisciunas & Schaefer 1991)."""
    cosine = math.cos(math.radians(max(altitude_deg, 0.0)))
    path = 1.0 / math.sqrt(1.0 - 0.96 * cosine * cosine)
    return float(path * 10.0 ** (-0.4 * _EXTINCTION_MAG * (path - 1.0)))
