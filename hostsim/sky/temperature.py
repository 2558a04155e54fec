"""The air temperature of the site: season, day and night, and a little weather."""

from __future__ import annotations

import math
from datetime import datetime

from hostsim.sky.randomness import SmoothCurve, hours_since_epoch
from hostsim.sky.scene import SkySite

_SEA_LEVEL_MEAN_C = 13.0
_LAPSE_C_PER_M = 0.0065
_SEASON_C = 9.0
_DAY_C = 5.0
_WEATHER_C = 0.8
_WARMEST_DAY = 200.0
_WARMEST_HOUR = 15.0


class Temperature:
    """The temperature curve of one seed at one site; it falls from afternoon to dawn."""

    def __init__(self, seed: int, site: SkySite) -> None:
        """Draw the weather of this seed."""
        self._site = site
        self._weather = SmoothCurve(seed, "temperature")

    def celsius(self, moment: datetime) -> float:
        """Return the air temperature at ``moment``."""
        hours = hours_since_epoch(moment)
        solar_hour = hours + self._site.longitude_deg / 15.0
        season = math.cos(2.0 * math.pi * (hours / 24.0 - _WARMEST_DAY) / 365.25)
        day = math.cos(2.0 * math.pi * (solar_hour - _WARMEST_HOUR) / 24.0)
        mean = _SEA_LEVEL_MEAN_C - _LAPSE_C_PER_M * self._site.elevation_m
        northern = 1.0 if self._site.latitude_deg >= 0.0 else -1.0
        return mean + northern * _SEASON_C * season + _DAY_C * day + _WEATHER_C * self._weather.at(moment)
