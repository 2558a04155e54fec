"""What the air does to light: airmass and extinction."""

from __future__ import annotations

import math


def airmass(altitude_deg: float) -> float:
    """Return the relative airmass at an apparent altitude; below the horizon, that of the horizon.

    Formula: Pickering 2002, good down to the horizon (38.7 there).
    """
    altitude = max(altitude_deg, 0.0)
    return 1.0 / math.sin(math.radians(altitude + 244.0 / (165.0 + 47.0 * altitude**1.1)))


def transmission(airmass_value: float, extinction_mag: float) -> float:
    """Return the fraction of starlight that arrives, for an extinction in magnitudes per airmass."""
    return float(10.0 ** (-0.4 * extinction_mag * airmass_value))
