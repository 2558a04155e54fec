"""Air pressure, in hPa."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="pressure",
    title="Air pressure",
    unit="hPa",
    better="higher",
    good=1020.0,
    bad=980.0,
)
