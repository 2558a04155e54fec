"""Which night a moment belongs to, and when its dusk is: the hour zero of every scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at

_DUSK_DEG = -12.0
_STEPS = 144
_HALVINGS = 20


@dataclass(frozen=True)
class Night:
    """A night from noon to noon of local mean time: its number, noon and dusk in hours since 2000-01-01 00:00 UTC."""

    number: int
    noon_hours: float
    dusk_hours: float


def night_of(site: SkySite, hours: float) -> Night:
    """Return the night of a moment, given in hours since 2000-01-01 00:00 UTC.

    A night lasts from one noon of local mean time to the next, so the scenario begins anew at noon. Its dusk is when
    the Sun first stands 12 degrees below the horizon after noon (nautical dusk): noon itself where it stands lower
    all day, in polar night, and the moment the Sun is lowest where it does not sink so far, in a white night. Daylight
    saving plays no part.
    """
    return _night(site, math.floor((hours + site.longitude_deg / 15.0 - 12.0) / 24.0))


@lru_cache(256)
def _night(site: SkySite, number: int) -> Night:
    noon = number * 24.0 + 12.0 - site.longitude_deg / 15.0
    steps = noon + np.linspace(0.0, 24.0, _STEPS, endpoint=False)
    altitudes = sun_at(site, steps).altitude_deg
    low = np.flatnonzero(altitudes <= _DUSK_DEG)
    if not low.size:
        return Night(number, noon, float(steps[np.argmin(altitudes)]))
    if not low[0]:
        return Night(number, noon, noon)
    before, after = float(steps[low[0] - 1]), float(steps[low[0]])
    for _ in range(_HALVINGS):
        middle = (before + after) / 2.0
        dark = bool(sun_at(site, np.asarray(middle)).altitude_deg <= _DUSK_DEG)
        before, after = (before, middle) if dark else (middle, after)
    return Night(number, noon, after)
