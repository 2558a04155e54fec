"""Altitude, in deg."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="altitude",
    title="Altitude",
    unit="deg",
    better="higher",
    good=70.0,
    bad=20.0,
    may_be_negative=True,
)
