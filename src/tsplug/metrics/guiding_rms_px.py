"""Guiding RMS, in guider px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms_px",
    title="Guiding RMS",
    unit="guider px",
    better="lower",
)
