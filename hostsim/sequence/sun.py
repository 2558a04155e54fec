"""Where the Sun is, well enough to know when it gets dark."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from hostsim.devices.parts import astrometry
from hostsim.sky.curves import Floats
from hostsim.sky.horizontal import Horizontal
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at
from tsplug import Site


def altitude_deg(ra_hours: float, dec_deg: float, *, site: Site, moment: datetime) -> float:
    """Return the geometric altitude of coordinates of date (hours, degrees) at a site."""
    hour_angle = astrometry.wrap_hours(astrometry.sidereal_hours(moment, site.longitude_deg) - ra_hours)
    altitude, _ = astrometry.horizontal(hour_angle, dec_deg, latitude_deg=site.latitude_deg)
    return altitude


def sun_altitude_deg(site: Site, moment: datetime) -> float:
    """Return the geometric altitude of the Sun's centre, good to about 0.05 degrees: the one that the sky shows."""
    return float(_sun(site, moment).altitude_deg)


def sun_altitudes_deg(site: Site, moment: datetime, *, hours: Floats) -> Floats:
    """Return the same so many hours after a moment."""
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return np.asarray(sun_at(place, hours_since_epoch(moment) + hours).altitude_deg)


def sun_azimuth_deg(site: Site, moment: datetime) -> float:
    """Return the azimuth of the Sun's centre, from north over east."""
    return float(_sun(site, moment).azimuth_deg)


def _sun(site: Site, moment: datetime) -> Horizontal:
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return sun_at(place, np.asarray(hours_since_epoch(moment)))
