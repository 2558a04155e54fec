"""Moon illumination, in %."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="moon_illumination",
    title="Moon illumination",
    unit="%",
    better="lower",
    good=10.0,
    bad=80.0,
)
