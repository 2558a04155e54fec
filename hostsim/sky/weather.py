"""The weather of a night: temperature, humidity, pressure, wind, clouds and rain, each consistent with the others."""

from __future__ import annotations

import numpy as np

from hostsim.sky.clouds import Clouds
from hostsim.sky.curves import Floats, Wander, soft_step
from hostsim.sky.nights import Night
from hostsim.sky.scenario import Scenario
from hostsim.sky.scene import SkySite, Weather
from hostsim.sky.sun import sun_at
from hostsim.sky.temperature import Temperature
from hostsim.sky.wind import Wind

MAGNUS_B, MAGNUS_C = 17.62, 243.12
"""Magnus coefficients over water (Sonntag 1990), good to 0.1 degrees C between -45 and 60 degrees C."""
_KELVIN = 273.15
_CLOUD_WARMTH_C = 2.5
_CLOUD_LAGS_H = np.linspace(0.0, 1.5, 5)
_DEW_POINT_WANDER_C = 0.5
_PRESSURE_WANDER = 0.008
_DARK_DEG = 6.0


def relative_humidity_percent(air_c: Floats, dew_point_c: Floats) -> Floats:
    """Return the relative humidity of air with a dew point (Magnus formula); 100 where that is not below the air's."""
    gap = MAGNUS_B * (dew_point_c / (MAGNUS_C + dew_point_c) - air_c / (MAGNUS_C + air_c))
    return np.asarray(100.0 * np.exp(np.minimum(gap, 0.0)))


def standard_pressure_hpa(elevation_m: float) -> float:
    """Return the air pressure at an elevation in the International Standard Atmosphere."""
    return float(1013.25 * (1.0 - 2.25577e-5 * elevation_m) ** 5.25588)


def clear_sky_emissivity(dew_point_c: float) -> float:
    """Return how much a clear sky radiates, relative to a black body at air temperature.

    Formula: Berdahl & Martin 1984, Solar Energy 32, 663, its mean over the day.
    """
    part = dew_point_c / 100.0
    return min(1.0, 0.711 + 0.56 * part + 0.73 * part * part)


class NightWeather:
    """The weather of one seeded night at one site."""

    def __init__(self, seed: int, site: SkySite, *, scenario: Scenario) -> None:
        """Draw the weather of this seed."""
        self._site = site
        self._air = scenario.air
        self.clouds = Clouds(seed, scenario.clouds)
        self.wind = Wind(seed, scenario.wind)
        self._temperature = Temperature(seed, site)
        self._moisture = Wander(seed, "dew point")
        self._pressure = Wander(seed, "pressure", periods_h=(61.0, 37.0, 19.0))

    def at(self, night: Night, hours: float) -> Weather:
        """Return the weather at a moment in hours since 2000-01-01 00:00 UTC."""
        now = np.asarray(hours)
        air_c = self.air_c(night, now)
        dew_point_c = self.dew_point_c(now, air_c=air_c)
        wind, gust = self.wind.felt(night, hours)
        usual_hpa = standard_pressure_hpa(self._site.elevation_m)
        return Weather(
            temperature_c=float(air_c),
            humidity_percent=float(relative_humidity_percent(air_c, dew_point_c)),
            dew_point_c=float(dew_point_c),
            pressure_hpa=usual_hpa * (1.0 + _PRESSURE_WANDER * float(self._pressure.at(now))),
            wind_m_per_s=wind,
            gust_m_per_s=gust,
            wind_direction_deg=self.wind.direction_deg(hours),
            cloud_percent=100.0 * float(self.clouds.cover(night, now)),
            rain_mm_per_h=float(self.clouds.rain_mm_per_h(night, now)),
        )

    def air_c(self, night: Night, hours: Floats) -> Floats:
        """Return the air temperature; clouds of the last hour and a half keep the night warm."""
        lagged = np.asarray(hours)[..., np.newaxis] - _CLOUD_LAGS_H
        warmth = _CLOUD_WARMTH_C * self.clouds.cover(night, lagged).mean(axis=-1) * self.darkness(hours)
        return np.asarray(self._temperature.at(hours) + self._air.temperature_shift_c + warmth)

    def dew_point_c(self, hours: Floats, *, air_c: Floats) -> Floats:
        """Return the dew point, which hardly changes through a night and never exceeds the air's temperature."""
        usual = self._temperature.mean_of_day(hours) + self._air.temperature_shift_c - self._air.dew_spread_c
        return np.asarray(np.minimum(usual + _DEW_POINT_WANDER_C * self._moisture.at(hours), air_c))

    def darkness(self, hours: Floats) -> Floats:
        """Return 0 by day and 1 once the Sun is 6 degrees below the horizon."""
        return soft_step(-sun_at(self._site, hours).altitude_deg / _DARK_DEG)

    def sky_c(self, night: Night, hours: float) -> float:
        """Return the temperature that an infrared sensor sees in the zenith: cold when clear, near the air's if not."""
        now = np.asarray(hours)
        air_c = self.air_c(night, now)
        clear = clear_sky_emissivity(float(self.dew_point_c(now, air_c=air_c)))
        shut = 1.0 - 10.0 ** (-0.4 * float(self.clouds.magnitudes(night, now)))
        return float((air_c + _KELVIN) * (clear + (1.0 - clear) * shut) ** 0.25 - _KELVIN)
