"""Stars that sizes and shapes are taken from (spec/peers e-7)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="stars_measured",
    title="Stars measured",
    unit="",
    better="higher",
)
