"""Setting Soonest: what is lost first goes first."""

from __future__ import annotations

from datetime import timedelta

from tsplug.planning.scoring import Scored, ScoringRule

_DAY = timedelta(days=1)


def _value(scored: Scored, /) -> float:
    # A night in which clocks are put back has 25 hours.
    return max(0.0, 1 - (scored.ends - scored.night_start) / _DAY)


RULE = ScoringRule(
    name="Setting Soonest",
    meaning="1 less the end of the target's visibility in days after noon",
    value=_value,
)
