"""Where the Sun is, as seen from the centre of the Earth."""

from __future__ import annotations

import erfa
import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.astronomy.earth import JULIAN_J2000, terrestrial_days


def sun_position(days: FloatArray) -> FloatArray:
    """Return the Sun's geocentric position (n x 3, au, celestial reference frame) at days of UTC since J2000."""
    heliocentric, _ = erfa.epv00(JULIAN_J2000, terrestrial_days(days))
    return -np.asarray(heliocentric["p"], dtype=np.float64)
