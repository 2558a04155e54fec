"""Half-flux radius, in px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="hfr",
    title="Half-flux radius",
    unit="px",
    better="lower",
    good=1.8,
    bad=5.0,
    zero_is_failure=True,
)
