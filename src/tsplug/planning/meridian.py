"""Near the meridian: the window a project wants to stay in, and the zone in which a mount cannot track on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tsplug.model import PlannerPreferences, Project
from tsplug.planning.arrays import FloatArray, Mask
from tsplug.planning.ephemeris import SIDEREAL_DEG_PER_MINUTE

_BORDER_MIN = 0.5


class MeridianLimits(NamedTuple):
    """Minutes of time: the window each side of transit, and the host's pause before it and flip after it.

    A window of 0 is off; without a pause the flip forbids nothing.
    """

    window_min: float
    pause_min: float
    after_min: float

    @classmethod
    def of(cls, project: Project, planner: PlannerPreferences) -> MeridianLimits:
        """Return the limits of a project on a rig."""
        return cls(float(project.meridian_window_min), planner.flip_pause_min, planner.flip_after_min)

    @property
    def unsafe_min(self) -> tuple[float, float]:
        """Return from when to when, in minutes from transit, nothing may be exposed (planner a.10)."""
        return -self.pause_min - _BORDER_MIN, self.after_min + _BORDER_MIN

    def in_window(self, from_transit_min: FloatArray) -> Mask:
        """Return where a target is within the window, for minutes from its transit."""
        if self.window_min <= 0:
            return np.ones(from_transit_min.shape, dtype=np.bool_)
        return np.asarray(np.abs(from_transit_min) <= self.window_min)

    def can_track(self, from_transit_min: FloatArray) -> Mask:
        """Return where the flip does not forbid an exposure, for minutes from transit."""
        if self.pause_min <= 0:
            return np.ones(from_transit_min.shape, dtype=np.bool_)
        first, last = self.unsafe_min
        return np.asarray((from_transit_min < first) | (from_transit_min > last))


def minutes_from_transit(hour_angle_deg: FloatArray) -> FloatArray:
    """Return minutes of time since the nearest transit, negative before it, from hour angles (-180 to 180)."""
    return np.asarray(hour_angle_deg / SIDEREAL_DEG_PER_MINUTE)
