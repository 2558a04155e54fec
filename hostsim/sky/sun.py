"""Where the Sun stands."""

from __future__ import annotations

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.horizontal import Horizontal, horizontal
from hostsim.sky.scene import SkySite


def sun_longitude_deg(hours: Floats) -> Floats:
    """Return the Sun's ecliptic longitude of date, good to 0.01 degrees.

    Formula: the Astronomical Almanac's low-precision solar coordinates.
    """
    days = np.asarray(hours) / 24.0 - 0.5
    anomaly = np.radians(357.528 + 0.9856003 * days)
    return np.asarray(280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))


def equatorial(hours: Floats, longitude_deg: Floats, *, latitude_deg: Floats) -> tuple[Floats, Floats]:
    """Return right ascension and declination, in degrees, of an ecliptic position of date."""
    obliquity = np.radians(23.439 - 4.0e-7 * (np.asarray(hours) / 24.0 - 0.5))
    longitude, latitude = np.radians(longitude_deg), np.radians(latitude_deg)
    across = np.sin(longitude) * np.cos(latitude)
    ra = np.arctan2(
        across * np.cos(obliquity) - np.sin(latitude) * np.sin(obliquity), np.cos(longitude) * np.cos(latitude)
    )
    dec = np.arcsin(np.clip(np.sin(latitude) * np.cos(obliquity) + across * np.sin(obliquity), -1.0, 1.0))
    return np.degrees(ra), np.degrees(dec)


def sun_at(site: SkySite, hours: Floats) -> Horizontal:
    """Return where the Sun stands, good to about 0.05 degrees, ``hours`` after 2000-01-01 00:00 UTC."""
    ra_deg, dec_deg = equatorial(hours, sun_longitude_deg(hours), latitude_deg=np.asarray(0.0))
    return horizontal(site, hours, ra_deg=ra_deg, dec_deg=dec_deg)
