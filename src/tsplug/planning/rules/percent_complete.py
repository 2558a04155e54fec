"""Percent Complete: finish what is nearly finished."""

from __future__ import annotations

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    return contest.progress


RULE = ScoringRule(
    name="Percent Complete",
    meaning="the target's progress, the mean over its enabled plans",
    value=_value,
)
