"""Meridian Window Priority: what has few hours goes before what has many."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    return np.array([each.project.meridian_window_min > 0 for each in contest.candidates], dtype=np.float64)


RULE = ScoringRule(
    name="Meridian Window Priority",
    meaning="1 where the project keeps to a window around the meridian, else 0",
    value=_value,
)
