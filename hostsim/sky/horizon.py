"""What stands on the horizon and hides a part of the aperture."""

from __future__ import annotations

import numpy as np

from hostsim.sky.scenario import HorizonPoint

# A tree a few dozen metres away is a degree away from hiding nothing of a small telescope to hiding all of it.
_EDGE_DEG = 1.0


class Horizon:
    """A skyline, straight between its points and closed over north; without any, everything is free."""

    def __init__(self, points: tuple[HorizonPoint, ...]) -> None:
        """Take the points, in any order."""
        self._azimuths = np.array([point.azimuth_deg for point in points])
        self._altitudes = np.array([point.altitude_deg for point in points])

    def altitude_deg(self, azimuth_deg: float) -> float:
        """Return how high the skyline stands at an azimuth; -90 where there is none."""
        if not self._azimuths.size:
            return -90.0
        return float(np.interp(azimuth_deg, self._azimuths, self._altitudes, period=360.0))

    def hides(self, altitude_deg: float, azimuth_deg: float) -> float:
        """Return which fraction of the aperture it hides: 0 half a degree above the skyline, 1 as far below."""
        below_deg = self.altitude_deg(azimuth_deg) - altitude_deg
        return float(np.clip(0.5 + below_deg / _EDGE_DEG, 0.0, 1.0)) if self._azimuths.size else 0.0
