"""Numbers of the weather: the dew point, and slow swings that can be averaged."""

from __future__ import annotations

import math

# Magnus coefficients over water (Sonntag 1990), good to 0.1 degrees C between -45 and 60 degrees C.
_MAGNUS_B, _MAGNUS_C = 17.62, 243.12
_DRIEST_PERCENT = 0.1


def dew_point_c(air_c: float, humidity_percent: float) -> float:
    """Return the dew point of air of a temperature and relative humidity (Magnus formula)."""
    humidity = max(humidity_percent, _DRIEST_PERCENT) / 100.0
    gamma = math.log(humidity) + _MAGNUS_B * air_c / (_MAGNUS_C + air_c)
    return _MAGNUS_C * gamma / (_MAGNUS_B - gamma)


def wave_mean(start_s: float, end_s: float, *, period_s: float) -> float:
    """Return the mean between two times of a wave from 0 to 1 and back; its value where they are the same."""
    turn = 2.0 * math.pi / period_s
    # Whole turns are taken off first: the cosine of a large number loses its last digits.
    end = end_s % period_s * turn
    span = (end_s - start_s) * turn
    if span <= 0:
        return 0.5 - 0.5 * math.cos(end)
    return 0.5 - 0.5 * (math.sin(end) - math.sin(end - span)) / span
