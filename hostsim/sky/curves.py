"""Seeded series in time: curves that wander, numbers drawn block by block, and spells with soft ends.

Their argument is hours since 2000-01-01 00:00 UTC (`hostsim.sky.randomness.hours_since_epoch`), alone or as an array.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import stream

Floats = NDArray[np.float64]

SLOW_H = (7.3, 2.9, 1.1)
"""Periods in hours of what changes through a night."""
FAST_H = (0.31, 0.113, 0.047)
"""Periods in hours of what changes from exposure to exposure."""
_WEIGHTS = np.array([0.55, 0.30, 0.15])
_HOURS_KEPT = 64
_SHORTEST_EDGE_H = 1e-6


class Wander:
    """A seeded curve without jumps that wanders between -1 and 1, by three waves."""

    def __init__(self, seed: int, name: str, *, periods_h: Sequence[float] = SLOW_H) -> None:
        """Draw the phases that belong to this seed and name; the first of three periods weighs most."""
        self._periods_h = np.asarray(periods_h)
        self._phases = stream(seed, f"curve {name}").uniform(0.0, 2.0 * np.pi, self._periods_h.size)

    def at(self, hours: Floats) -> Floats:
        """Return the values at some hours."""
        angle = 2.0 * np.pi * np.asarray(hours)[..., np.newaxis] / self._periods_h + self._phases
        return np.asarray(np.sum(_WEIGHTS * np.sin(angle), axis=-1))


class Blocks:
    """Seeded numbers from 0 to 1, one for each block of time, counted from the epoch."""

    def __init__(self, seed: int, name: str, *, per_hour: int) -> None:
        """Keep the seed; ``per_hour`` blocks make an hour."""
        self._per_hour = per_hour
        self._hour = lru_cache(_HOURS_KEPT)(lambda hour: stream(seed, f"blocks {name}", hour).random(per_hour))

    def between(self, first: int, last: int) -> Floats:
        """Return the numbers of the blocks ``first`` to ``last``, both included."""
        begin, end = first // self._per_hour, last // self._per_hour
        drawn = np.concatenate([self._hour(hour) for hour in range(begin, end + 1)])
        offset = begin * self._per_hour
        return drawn[first - offset : last + 1 - offset]


def soft_step(values: Floats) -> Floats:
    """Return 0 below 0, 1 above 1, and a smooth rise between."""
    part = np.clip(values, 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))


def during(hours: Floats, start: float, *, end: float, edge: float) -> Floats:
    """Return 1 between ``start`` and ``end`` and 0 outside; it rises and falls within ``edge`` inside of them.

    Edges longer than half the span meet in its middle.
    """
    edge = min(edge, (end - start) / 2.0)
    inside = np.minimum(np.asarray(hours) - start, end - np.asarray(hours))
    return soft_step(inside / edge) if edge > _SHORTEST_EDGE_H else np.asarray((inside >= 0.0).astype(float))
