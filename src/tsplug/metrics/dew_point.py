"""Dew point, in C."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="dew_point",
    title="Dew point",
    unit="C",
    better="lower",
    good=-10.0,
    bad=12.0,
    may_be_negative=True,
    has_true_zero=False,
)
