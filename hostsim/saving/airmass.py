"""How much air a frame looks through."""

from __future__ import annotations

import math


def airmass(altitude_deg: float) -> float | None:
    """Return the airmass at an apparent altitude, None at or below the horizon.

    Gueymard 1993: ``1 / (cos z + 0.00176759 z (94.37515 - z)^-1.21563)`` with the zenith distance z in degrees.
    """
    if altitude_deg <= 0.0:
        return None
    zenith_deg = 90.0 - min(altitude_deg, 90.0)
    bend = 0.00176759 * zenith_deg * math.pow(94.37515 - zenith_deg, -1.21563)
    return 1.0 / (math.cos(math.radians(zenith_deg)) + bend)
