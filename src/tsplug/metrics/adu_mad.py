"""Median absolute deviation of the level, in ADU."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_mad",
    title="Median absolute deviation of the level",
    unit="ADU",
    better=None,
)
