"""How much larger stars are in the corners than in the middle, in percent."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="curvature",
    title="Curvature",
    unit="%",
    better=None,
    may_be_negative=True,
)
