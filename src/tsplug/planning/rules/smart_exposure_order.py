"""Smart Exposure Order: use a sky without Moon for what minds the Moon."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    smart = np.array([each.project.smart_exposure_order for each in contest.candidates])
    return np.where(smart, np.minimum(1.0, contest.moon_score), 0.0)


RULE = ScoringRule(
    name="Smart Exposure Order",
    meaning="how much the exposure that would be taken minds the Moon, where the project uses smart order, else 0",
    value=_value,
)
