"""The usual air temperature of the site: season, day and night, and a little weather."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from hostsim.sky.curves import Floats, Wander
from hostsim.sky.randomness import hours_since_epoch
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
        self._weather = Wander(seed, "temperature")

    def celsius(self, moment: datetime) -> float:
        """Return the air temperature at ``moment``."""
        return float(self.at(np.asarray(hours_since_epoch(moment))))

    def at(self, hours: Floats) -> Floats:
        """Return the air temperature at some hours since 2000-01-01 00:00 UTC."""
        solar_hour = hours + self._site.longitude_deg / 15.0
        day = np.cos(2.0 * np.pi * (solar_hour - _WARMEST_HOUR) / 24.0)
        return np.asarray(self.mean_of_day(hours) + _DAY_C * day + _WEATHER_C * self._weather.at(hours))

    def mean_of_day(self, hours: Floats) -> Floats:
        """Return the mean temperature of the day, which follows the season alone."""
        season = np.cos(2.0 * np.pi * (hours / 24.0 - _WARMEST_DAY) / 365.25)
        northern = 1.0 if self._site.latitude_deg >= 0.0 else -1.0
        return np.asarray(_SEA_LEVEL_MEAN_C - _LAPSE_C_PER_M * self._site.elevation_m + northern * _SEASON_C * season)
