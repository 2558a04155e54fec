"""Median absolute deviation of the level, in ADU, as it is (spec/peers e-6)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_mad",
    title="Median absolute deviation of the level",
    unit="ADU",
    better=None,
)
