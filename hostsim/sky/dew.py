"""Dew on the optics: it settles while they are colder than the dew point, and dries when they are not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.nights import Night
from hostsim.sky.weather import NightWeather

_STEP_H = 1.0 / 12.0
_STEPS = 288
_RADIATIVE_C = 1.8
_CLOUDS_KEEP = 0.8
_MAG_PER_H_PER_C = 0.35
_DRYING = 3.0
_MOST_MAG = 6.0


class Dew:
    """The dew of one seeded night on optics without heaters.

    Under a clear sky they radiate until they are a little colder than the air, so that dew falls before the air is
    saturated; clouds keep them warmer. What settles grows with how far they are below the dew point. The rates are
    chosen to fog an unheated corrector within an hour or two, as observers know it.
    """

    def __init__(self, weather: NightWeather) -> None:
        """Take the night's weather."""
        self._weather = weather
        self._night = lru_cache(8)(self._settled)

    def magnitudes(self, night: Night, hours: float) -> float:
        """Return how many magnitudes the dew takes; optics are dry at noon."""
        return float(np.interp((hours - night.noon_hours) / _STEP_H, np.arange(_STEPS + 1), self._night(night)))

    def _settled(self, night: Night) -> Floats:
        hours = np.asarray(night.noon_hours + np.arange(_STEPS + 1) * _STEP_H, dtype=np.float64)
        air_c = self._weather.air_c(night, hours)
        open_sky = self._weather.darkness(hours) * (1.0 - _CLOUDS_KEEP * self._weather.clouds.cover(night, hours))
        glass_c = air_c - _RADIATIVE_C * open_sky
        below_c = self._weather.dew_point_c(hours, air_c=air_c) - glass_c
        growth = _STEP_H * _MAG_PER_H_PER_C * np.where(below_c > 0.0, below_c, _DRYING * below_c)
        settled = np.zeros(_STEPS + 1)
        for step in range(1, _STEPS + 1):
            settled[step] = min(max(settled[step - 1] + growth[step], 0.0), _MOST_MAG)
        return settled
