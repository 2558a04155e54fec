"""Standard deviation of the level, in ADU, of the population (spec/peers e-6)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_stdev",
    title="Standard deviation of the level",
    unit="ADU",
    better=None,
)
