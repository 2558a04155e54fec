"""Project Priority: the urgent first."""

from __future__ import annotations

from tsplug.model import Priority
from tsplug.planning.scoring import Scored, ScoringRule


def _value(scored: Scored, /) -> float:
    return int(scored.candidate.priority) / int(Priority.HIGH)


RULE = ScoringRule(
    name="Project Priority",
    meaning="0 for low, 1/2 for normal, 1 for high priority: the target's own, else its project's",
    value=_value,
)
