"""Where the Sun is, well enough to keep away from it."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from hostsim.sky.horizontal import Horizontal
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at
from tsplug import Site


def sun_azimuth_deg(site: Site, moment: datetime) -> float:
    """Return the azimuth of the Sun's centre, from north over east."""
    return float(_sun(site, moment).azimuth_deg)


def sun_altitude_deg(site: Site, moment: datetime) -> float:
    """Return the altitude of the Sun's centre."""
    return float(_sun(site, moment).altitude_deg)


def _sun(site: Site, moment: datetime) -> Horizontal:
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return sun_at(place, np.asarray(hours_since_epoch(moment)))
