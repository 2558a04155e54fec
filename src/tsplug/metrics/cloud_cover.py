"""Cloud cover, in %."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="cloud_cover",
    title="Cloud cover",
    unit="%",
    better="lower",
    good=5.0,
    bad=70.0,
)
