"""Eccentricity sqrt(1 - (b/a)^2) of the typical star, the noise taken out (spec/peers e-3)."""

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
