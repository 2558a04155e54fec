"""Humidity, in %."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="humidity",
    title="Humidity",
    unit="%",
    better="lower",
    good=30.0,
    bad=95.0,
)
