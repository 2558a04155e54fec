"""Ellipticity 1 - b/a of the typical star, the noise taken out (spec/peers e-3)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="ellipticity",
    title="Ellipticity",
    unit="",
    better="lower",
)
