"""Guiding RMS in declination, in arcsec."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms_dec",
    title="Guiding RMS in declination",
    unit="arcsec",
    better="lower",
)
