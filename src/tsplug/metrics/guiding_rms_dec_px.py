"""Guiding RMS in declination, in guider px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms_dec_px",
    title="Guiding RMS in declination",
    unit="guider px",
    better="lower",
)
