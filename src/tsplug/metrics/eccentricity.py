"""Eccentricity."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="eccentricity",
    title="Eccentricity",
    unit="",
    better="lower",
    good=0.35,
    bad=0.8,
)
