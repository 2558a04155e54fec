"""Percent Complete: finish what is nearly finished."""

from __future__ import annotations

from tsplug.planning.scoring import Scored, ScoringRule


def _value(scored: Scored, /) -> float:
    return scored.progress


RULE = ScoringRule(
    name="Percent Complete",
    meaning="the target's progress, the mean over its enabled plans",
    value=_value,
)
