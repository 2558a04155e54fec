"""Guiding RMS in right ascension, in arcsec."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms_ra",
    title="Guiding RMS in right ascension",
    unit="arcsec",
    better="lower",
)
