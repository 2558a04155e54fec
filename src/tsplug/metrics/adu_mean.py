"""Mean level, in ADU (spec/peers e-6)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_mean",
    title="Mean level",
    unit="ADU",
    better="higher",
    good=2500.0,
    bad=500.0,
)
