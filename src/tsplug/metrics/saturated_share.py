"""Pixels from 98 % of full scale on, or of where the camera cuts off, in percent (spec/peers e-6)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="saturated_share",
    title="Saturated pixels",
    unit="%",
    better="lower",
)
