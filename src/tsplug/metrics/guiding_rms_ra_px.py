"""Guiding RMS in right ascension, in guider px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms_ra_px",
    title="Guiding RMS in right ascension",
    unit="guider px",
    better="lower",
)
