"""Target Switch Penalty: stay where you are."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    return contest.is_current.astype(np.float64)


RULE = ScoringRule(
    name="Target Switch Penalty",
    meaning="1 for the target imaged last, 0 for others",
    value=_value,
)
