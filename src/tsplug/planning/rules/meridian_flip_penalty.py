"""Meridian Flip Penalty: rather what needs no flip within its minimum time."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    flip_min = contest.transit_min + contest.flip_after_min
    minimum = np.array([each.project.minimum_time_min for each in contest.candidates], dtype=np.float64)
    return np.where((flip_min >= 0) & (flip_min <= minimum), 0.0, 1.0)


RULE = ScoringRule(
    name="Meridian Flip Penalty",
    meaning="0 where the mount would flip within the project's minimum time from now, else 1",
    value=_value,
)
