"""Lowest level, in ADU."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_min",
    title="Lowest level",
    unit="ADU",
    better=None,
)
