"""When it is dark enough: the Sun's altitude against the twilight a template admits."""

from __future__ import annotations

import numpy as np

from tsplug.model import Twilight
from tsplug.planning.arrays import FloatArray, Mask

SUN_LIMIT_DEG: dict[Twilight, float] = {
    Twilight.NIGHTTIME: -18.0,
    Twilight.ASTRONOMICAL: -12.0,
    Twilight.NAUTICAL: -6.0,
    Twilight.CIVIL: -0.833,
}
"""The Sun must be lower than this (planner a.9: the names are those of the brightest twilight tolerated)."""


def dark_enough(sun_altitude_deg: FloatArray, level: Twilight, *, offset_min: int) -> Mask:
    """Return where a template with a twilight level and offset may expose.

    A positive offset starts that many minutes after the level is reached and ends as long before it is lost; a negative
    one extends the span alike. A level that is never reached gives nothing, whatever the offset. The night's edges are
    no borders: where the Sun is low at noon, the span goes on beyond them.

    Args:
        sun_altitude_deg: one value per minute.
        level: the brightest twilight tolerated.
        offset_min: minutes, of either sign.
    """
    mask = sun_altitude_deg < SUN_LIMIT_DEG[level]
    reach = abs(offset_min)
    if reach == 0 or not mask.any():
        return np.asarray(mask)
    wanted = mask if offset_min < 0 else ~mask
    counted = np.concatenate(([0], np.cumsum(np.pad(wanted, reach, mode="edge"))))
    spread = counted[2 * reach + 1 :] > counted[: -(2 * reach + 1)]
    return np.asarray(spread if offset_min < 0 else ~spread)
