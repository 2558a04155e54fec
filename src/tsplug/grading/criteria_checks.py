"""What a set of criteria must be to make sense: every contradiction, by the row and field it stands in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tsplug.grading.criteria import Criteria
from tsplug.metrics import METRICS, Metric
from tsplug.model import CriteriaRow, Trend

Problem = tuple[str, str]
"""Where, as ``metric.field`` or a field of the set, and what is wrong."""


def problems_of(criteria: Criteria) -> list[Problem]:
    """Return every contradiction in a set; none where it can be used."""
    found = [*_of_thresholds(criteria), *_of_rows(criteria)]
    for row in criteria.rows:
        metric = METRICS.get(row.metric)
        if metric is None:
            found.append((row.metric, f"is no metric; there are: {', '.join(METRICS)}"))
        else:
            found.extend((f"{row.metric}.{field}", text) for field, text in _of_row(row, metric))
    return found


def _of_thresholds(criteria: Criteria) -> Iterator[Problem]:
    thresholds = list(criteria.thresholds.items())
    for (better, above), (worse, below) in pairwise(thresholds):
        if above <= below:
            where, other = f"threshold_{better.lower()}", f"threshold_{worse.lower()}"
            yield where, f"must be above {other} ({below}), not {above}"
    lowest = criteria.set.threshold_d
    if criteria.gates and lowest < 2:
        yield "threshold_d", "must be at least 2 where a row has a gate: what a gate fails has 1 point and band E"


def _of_rows(criteria: Criteria) -> Iterator[Problem]:
    for metric, number in Counter(row.metric for row in criteria.rows).items():
        if number > 1:
            yield metric, f"has {number} rows; one is enough"
    if not criteria.scored_rows:
        yield "rows", "must have at least one that is enabled and has a weight above 0, like hfr.weight=0.3"


def _of_row(row: CriteriaRow, metric: Metric) -> Iterator[Problem]:
    numbers = {"good": row.good, "bad": row.bad, "gate": row.gate, "weight": row.weight}
    for field, value in numbers.items():
        if value is not None and not math.isfinite(value):
            yield field, f"must be a number, not {value}"
            return
        if value is not None and value < 0 and field != "weight" and not metric.may_be_negative:
            yield field, f"must not be negative: no {metric.title.lower()} is, not {value:g}"
    lower = row.trend is Trend.LOWER_IS_BETTER
    side, better = ("below", "lower") if lower else ("above", "higher")
    if row.good != row.bad and (row.good < row.bad) is not lower:
        yield "good", f"must lie {side} bad ({row.bad:g}), not {row.good:g}, because {better} is better"
    elif row.gate is not None and row.gate != row.good and (row.gate < row.good) is lower:
        yield "gate", f"must not lie {side} good ({row.good:g}), not {row.gate:g}: it would fail the best frames"
    if row.deviation and not metric.has_true_zero:
        yield "deviation", f"must be no: a percentage of {metric.unit} means nothing"
