"""Where the Sun is, well enough to keep away from it."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at
from tsplug import Site


def sun_azimuth_deg(site: Site, moment: datetime) -> float:
    """Return the azimuth of the Sun's centre, from north over east."""
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return float(sun_at(place, np.asarray(hours_since_epoch(moment))).azimuth_deg)
