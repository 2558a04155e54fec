"""Project Priority: the urgent first."""

from __future__ import annotations

import numpy as np

from tsplug.model import Priority
from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    return np.array([each.priority for each in contest.candidates], dtype=np.float64) / int(Priority.HIGH)


RULE = ScoringRule(
    name="Project Priority",
    meaning="0 for low, 1/2 for normal, 1 for high priority: the target's own, else its project's",
    value=_value,
)
