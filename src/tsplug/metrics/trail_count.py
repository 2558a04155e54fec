"""Trails of satellites and aeroplanes."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="trail_count",
    title="Trails",
    unit="",
    better="lower",
)
