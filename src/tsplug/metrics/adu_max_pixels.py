"""Pixels at the highest level."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_max_pixels",
    title="Pixels at the highest level",
    unit="",
    better=None,
)
