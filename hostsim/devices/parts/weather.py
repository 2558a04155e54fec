"""Numbers of the weather: the dew point, what each sensor shows of the night, and swings that can be averaged."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from hostsim.sky.conditions import Conditions
from hostsim.sky.weather import MAGNUS_B, MAGNUS_C

_DRIEST_PERCENT = 0.1
_ZERO_MAG_CD_PER_M2 = 1.08e5
_BRIGHTEST_LUX = 130_000.0

NIGHT_SENSORS: dict[str, Callable[[Conditions, datetime], float]] = {
    "CloudCover": lambda night, moment: night.weather(moment).cloud_percent,
    "DewPoint": lambda night, moment: night.weather(moment).dew_point_c,
    "Humidity": lambda night, moment: night.weather(moment).humidity_percent,
    "Pressure": lambda night, moment: night.weather(moment).pressure_hpa,
    "RainRate": lambda night, moment: night.weather(moment).rain_mm_per_h,
    "SkyBrightness": lambda night, moment: lux_of(night.sqm(moment)),
    "SkyQuality": lambda night, moment: night.sqm(moment),
    "SkyTemperature": lambda night, moment: night.sky_temperature_c(moment),
    "StarFWHM": lambda night, moment: night.star_fwhm_arcsec(moment),
    "Temperature": lambda night, moment: night.temperature_c(moment),
    "WindDirection": lambda night, moment: night.weather(moment).wind_direction_deg,
    "WindGust": lambda night, moment: night.weather(moment).gust_m_per_s,
    "WindSpeed": lambda night, moment: night.weather(moment).wind_m_per_s,
}
"""What a sensor, by its ASCOM name, shows of a night at a moment, in the units of ASCOM."""


def dew_point_c(air_c: float, humidity_percent: float) -> float:
    """Return the dew point of air of a temperature and relative humidity (Magnus formula)."""
    humidity = max(humidity_percent, _DRIEST_PERCENT) / 100.0
    gamma = math.log(humidity) + MAGNUS_B * air_c / (MAGNUS_C + air_c)
    return MAGNUS_C * gamma / (MAGNUS_B - gamma)


def lux_of(mag_per_arcsec2: float) -> float:
    """Return the light that a sky of one brightness everywhere sheds on level ground, in lux.

    A magnitude of 0 per square arcsecond is 1.08e5 cd/m2 (Garstang 1986, PASP 98, 364), and a whole sky of a luminance
    illuminates with pi times as much; daylight is where it ends.
    """
    return min(_BRIGHTEST_LUX, math.pi * _ZERO_MAG_CD_PER_M2 * math.pow(10.0, -0.4 * mag_per_arcsec2))


def mean_direction_deg(directions_deg: list[float]) -> float:
    """Return the mean of directions, which turns the short way through north."""
    east = sum(math.sin(math.radians(each)) for each in directions_deg)
    north = sum(math.cos(math.radians(each)) for each in directions_deg)
    return round(math.degrees(math.atan2(east, north)), 6) % 360.0


def wave_mean(start_s: float, end_s: float, *, period_s: float) -> float:
    """Return the mean between two times of a wave from 0 to 1 and back; its value where they are the same."""
    turn = 2.0 * math.pi / period_s
    # Whole turns are taken off first: the cosine of a large number loses its last digits.
    end = end_s % period_s * turn
    span = (end_s - start_s) * turn
    if span <= 0:
        return 0.5 - 0.5 * math.cos(end)
    return 0.5 - 0.5 * (math.sin(end) - math.sin(end - span)) / span
