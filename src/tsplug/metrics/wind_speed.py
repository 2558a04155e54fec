"""Wind speed, in m/s."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="wind_speed",
    title="Wind speed",
    unit="m/s",
    better="lower",
    good=0.0,
    bad=10.0,
)
