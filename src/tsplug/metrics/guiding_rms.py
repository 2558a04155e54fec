"""Guiding RMS, in arcsec."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="guiding_rms",
    title="Guiding RMS",
    unit="arcsec",
    better="lower",
    good=0.5,
    bad=2.5,
)
