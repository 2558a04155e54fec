"""Highest level, in ADU."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_max",
    title="Highest level",
    unit="ADU",
    better=None,
)
