"""Pixels at the lowest level."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="adu_min_pixels",
    title="Pixels at the lowest level",
    unit="",
    better=None,
)
