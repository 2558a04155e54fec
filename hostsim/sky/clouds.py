"""Clouds: how much of the sky they cover, and how much light they take where the telescope looks."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from hostsim.sky.curves import Floats, Wander, during, soft_step
from hostsim.sky.nights import Night
from hostsim.sky.scenario import CloudBank, CloudPlan

# What a curve of three waves with weights .55, .30 and .15 has as its standard deviation.
_SIGMA = 0.456
_SOFTNESS = 0.5
_TEXTURE = 0.25
_RAIN_FROM_MAG, _RAIN_FULL_MAG = 2.0, 3.0


class Clouds:
    """The clouds of one seeded night.

    Scattered clouds stand before the telescope for about the part of the night that they cover of the sky; a bank is
    before all of it. Outside of both the sky is free: exactly 0 magnitudes.
    """

    def __init__(self, seed: int, plan: CloudPlan) -> None:
        """Draw the clouds of this seed."""
        self._plan = plan
        hours = plan.patch_minutes / 60.0
        self._patches = Wander(seed, "cloud patches", periods_h=(3.7 * hours, 2.3 * hours, 1.1 * hours))
        self._texture = Wander(seed, "cloud texture", periods_h=(1.3 * hours, 0.7 * hours, 0.31 * hours))

    def magnitudes(self, night: Night, hours: Floats) -> Floats:
        """Return how many magnitudes they take where the telescope looks."""
        scattered = self._plan.thickness_mag * self._before_telescope(hours)
        return np.asarray((scattered + self._banks_mag(night, hours)) * (1.0 + _TEXTURE * self._texture.at(hours)))

    def cover(self, night: Night, hours: Floats) -> Floats:
        """Return which part of the whole sky they cover, 0 to 1."""
        free = np.full(np.shape(hours), 1.0 - self._plan.cover_percent / 100.0)
        for bank in self._plan.banks:
            free = free * (1.0 - _passing(bank, night, hours=hours))
        return np.asarray(1.0 - free)

    def rain_mm_per_h(self, night: Night, hours: Floats) -> Floats:
        """Return the rain, which falls only where a bank takes more than 2 magnitudes."""
        thick = soft_step((self.magnitudes(night, hours) - _RAIN_FROM_MAG) / (_RAIN_FULL_MAG - _RAIN_FROM_MAG))
        fallen = np.zeros(np.shape(hours))
        for bank in self._plan.banks:
            fallen = fallen + bank.rain_mm_per_h * _passing(bank, night, hours=hours)
        return np.asarray(thick * fallen)

    def _before_telescope(self, hours: Floats) -> Floats:
        cover = self._plan.cover_percent / 100.0
        if cover in (0.0, 1.0):
            return np.full(np.shape(hours), cover)
        threshold = NormalDist().inv_cdf(cover)
        return soft_step((threshold - self._patches.at(hours) / _SIGMA) / _SOFTNESS + 0.5)

    def _banks_mag(self, night: Night, hours: Floats) -> Floats:
        taken = np.zeros(np.shape(hours))
        for bank in self._plan.banks:
            taken = taken + bank.thickness_mag * _passing(bank, night, hours=hours)
        return taken


def _passing(bank: CloudBank, night: Night, *, hours: Floats) -> Floats:
    edge = bank.edge_minutes / 60.0
    return during(hours - night.dusk_hours, bank.start_hours, end=bank.end_hours, edge=edge)
