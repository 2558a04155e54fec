"""The wind: a mean that wanders, and gusts of ten seconds that shake the telescope and turn the anemometer alike."""

from __future__ import annotations

import math

import numpy as np

from hostsim.sky.curves import Blocks, Floats, Wander, during
from hostsim.sky.nights import Night
from hostsim.sky.scenario import WindPlan

BLOCK_S = 10
"""Seconds of one block; blocks are counted from 2000-01-01 00:00 UTC."""
_WANDER = 0.3
_TURN_DEG = 20.0
_GUSTINESS = 4
_WINDOW_BLOCKS = 12


def block_hours(first: int, last: int) -> Floats:
    """Return the middles of the blocks ``first`` to ``last``, both included, in hours since 2000-01-01 00:00 UTC."""
    return np.asarray((np.arange(first, last + 1) + 0.5) * BLOCK_S / 3600.0, dtype=np.float64)


class Wind:
    """The wind of one seeded night, in metres per second."""

    def __init__(self, seed: int, plan: WindPlan) -> None:
        """Draw the wind of this seed."""
        self._plan = plan
        self._level = Wander(seed, "wind")
        self._turning = Wander(seed, "wind direction")
        self._gusts = Blocks(seed, "wind", per_hour=3600 // BLOCK_S)

    def blocks(self, night: Night, first: int, *, last: int) -> Floats:
        """Return the wind of the blocks ``first`` to ``last``, both included."""
        hours = block_hours(first, last)
        # A high power makes strong gusts rare; its mean is taken off, so that gusts leave the mean wind as it is.
        peaks = self._gusts.between(first, last) ** _GUSTINESS - 1.0 / (_GUSTINESS + 1.0)
        return np.asarray(self._mean(night, hours) * np.maximum(1.0 + (self._plan.gust_factor - 1.0) * peaks, 0.0))

    def felt(self, night: Night, hours: float) -> tuple[float, float]:
        """Return the mean and the strongest gust of the two minutes before."""
        last = math.floor(hours * 3600.0 / BLOCK_S)
        window = self.blocks(night, last - _WINDOW_BLOCKS + 1, last=last)
        return float(window.mean()), float(window.max())

    def direction_deg(self, hours: float) -> float:
        """Return where it comes from, in degrees from north over east."""
        return float(self._plan.direction_deg + _TURN_DEG * self._turning.at(np.asarray(hours))) % 360.0

    def _mean(self, night: Night, hours: Floats) -> Floats:
        mean = np.full(hours.shape, self._plan.mean_m_per_s)
        for spell in self._plan.spells:
            edge = spell.edge_minutes / 60.0
            risen = during(hours - night.dusk_hours, spell.start_hours, end=spell.end_hours, edge=edge)
            mean = mean + spell.extra_m_per_s * risen
        return np.asarray(mean * (1.0 + _WANDER * self._level.at(hours)))
