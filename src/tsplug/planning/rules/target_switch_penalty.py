"""Target Switch Penalty: stay where you are."""

from __future__ import annotations

from tsplug.planning.scoring import Scored, ScoringRule


def _value(scored: Scored, /) -> float:
    return 1.0 if scored.is_current else 0.0


RULE = ScoringRule(
    name="Target Switch Penalty",
    meaning="1 for the target imaged last, 0 for others",
    value=_value,
)
