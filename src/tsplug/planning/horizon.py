"""Where a target is high enough and not too high: minimum altitude, custom horizon, maximum altitude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tsplug.model import Project
from tsplug.planning.arrays import FloatArray


class AltitudeLimits(NamedTuple):
    """A project's limits in degrees; a maximum of 0 is off, the offset lifts the custom horizon."""

    minimum_deg: float
    maximum_deg: float
    custom_horizon: bool
    horizon_offset_deg: float

    @classmethod
    def of(cls, project: Project) -> AltitudeLimits:
        """Return the limits that a project sets."""
        return cls(
            project.minimum_altitude_deg,
            project.maximum_altitude_deg,
            project.use_custom_horizon,
            project.horizon_offset_deg,
        )

    def lowest(self, horizon_deg: FloatArray | None) -> FloatArray:
        """Return the altitude that a target must exceed over a horizon, None where there is none (planner a.8)."""
        if not self.custom_horizon or horizon_deg is None:
            return np.asarray(self.minimum_deg)
        return np.minimum(90.0, np.maximum(horizon_deg + self.horizon_offset_deg, self.minimum_deg))

    def highest(self) -> float:
        """Return the altitude that a target must not exceed."""
        return self.maximum_deg or 90.0


def horizon_at(azimuth_deg: FloatArray, points: Sequence[tuple[float, float]]) -> FloatArray | None:
    """Return the horizon's altitude, linear between its points and closed through north; None without points.

    Args:
        azimuth_deg: any shape, 0 to 360.
        points: azimuth and altitude in degrees, by rising azimuth.
    """
    if not points:
        return None
    azimuths, altitudes = np.array(points).T
    around = np.concatenate(([azimuths[-1] - 360.0], azimuths, [azimuths[0] + 360.0]))
    heights = np.concatenate(([altitudes[-1]], altitudes, [altitudes[0]]))
    return np.asarray(np.interp(azimuth_deg, around, heights))
