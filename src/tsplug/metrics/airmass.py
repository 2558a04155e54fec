"""Airmass."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="airmass",
    title="Airmass",
    unit="",
    better="lower",
    good=1.1,
    bad=2.5,
)
