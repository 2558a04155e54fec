"""Setting Soonest: what is lost first goes first."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    # A night in which clocks are put back has 25 hours.
    return np.asarray(np.maximum(0.0, 1 - contest.ends_h / 24.0))


RULE = ScoringRule(
    name="Setting Soonest",
    meaning="1 less the end of the target's visibility in days after noon",
    value=_value,
)
