"""Mosaic Completion: let the panels of a mosaic grow evenly."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray
from tsplug.planning.scoring import Contest, ScoringRule


def _value(contest: Contest, /) -> FloatArray:
    return np.maximum(0.0, np.nan_to_num(contest.others_progress - contest.progress))


RULE = ScoringRule(
    name="Mosaic Completion",
    meaning="how far the mean of the mosaic's other panels is ahead of this one; 0 for what is no mosaic",
    value=_value,
)
