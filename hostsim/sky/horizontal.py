"""Where something stands over a site: altitude and azimuth, without refraction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.scene import SkySite


@dataclass(frozen=True)
class Horizontal:
    """Altitude and azimuth (from north over east), in degrees."""

    altitude_deg: Floats
    azimuth_deg: Floats


def horizontal(site: SkySite, hours: Floats, *, ra_deg: Floats, dec_deg: Floats) -> Horizontal:
    """Return where a position of date stands over a site, ``hours`` after 2000-01-01 00:00 UTC.

    UTC stands for UT1, which moves nothing by more than 0.004 degrees.
    """
    days = np.asarray(hours) / 24.0 - 0.5
    sidereal_deg = 280.46062 + 360.98564737 * days + site.longitude_deg
    angle, dec = np.radians(sidereal_deg - ra_deg), np.radians(dec_deg)
    latitude = np.radians(site.latitude_deg)
    up = np.sin(latitude) * np.sin(dec) + np.cos(latitude) * np.cos(dec) * np.cos(angle)
    east = -np.cos(dec) * np.sin(angle)
    north = np.sin(dec) * np.cos(latitude) - np.cos(dec) * np.cos(angle) * np.sin(latitude)
    altitude = np.degrees(np.arctan2(up, np.hypot(east, north)))
    return Horizontal(altitude, np.degrees(np.arctan2(east, north)) % 360.0)


def direction(altitude_deg: Floats, azimuth_deg: Floats) -> Floats:
    """Return unit vectors (east, north, up) in the last axis; past the zenith an altitude goes down the other side."""
    altitude, azimuth = np.radians(altitude_deg), np.radians(azimuth_deg)
    flat = np.cos(altitude)
    east, north, up = np.broadcast_arrays(flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(altitude))
    return np.stack([east, north, up], axis=-1)
