"""Air temperature, in C."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="temperature",
    title="Air temperature",
    unit="C",
    better="higher",
    good=10.0,
    bad=-10.0,
    may_be_negative=True,
    has_true_zero=False,
)
