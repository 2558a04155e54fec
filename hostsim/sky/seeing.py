"""How the air blurs: seeing that wanders over the night and grows towards the horizon."""

from __future__ import annotations

import numpy as np

from hostsim.sky.curves import FAST_H, Floats, Wander, during
from hostsim.sky.nights import Night
from hostsim.sky.scenario import SeeingPlan

_WANDER = 1.0 / 6.0
_JITTER = 0.03


class Seeing:
    """The seeing of one seeded night."""

    def __init__(self, seed: int, plan: SeeingPlan) -> None:
        """Draw the curves of this seed."""
        self._plan = plan
        self._slow = Wander(seed, "seeing")
        self._fast = Wander(seed, "seeing jitter", periods_h=FAST_H)

    def zenith_arcsec(self, night: Night, hours: Floats) -> Floats:
        """Return the full width at half maximum in the zenith."""
        usual = np.full(np.shape(hours), self._plan.zenith_arcsec)
        for spell in self._plan.spells:
            edge = spell.edge_minutes / 60.0
            part = during(hours - night.dusk_hours, spell.start_hours, end=spell.end_hours, edge=edge)
            usual = usual * (spell.zenith_arcsec / usual) ** part
        return np.asarray(usual * (1.0 + _WANDER * self._slow.at(hours)) * (1.0 + _JITTER * self._fast.at(hours)))

    def fwhm_arcsec(self, night: Night, hours: Floats, *, airmass: float) -> Floats:
        """Return the full width at half maximum at an airmass; turbulence after Kolmogorov widens it by power 0.6."""
        return np.asarray(self.zenith_arcsec(night, hours) * airmass**0.6)
