"""How much larger stars are at one end of the steepest diagonal than at the other, in percent."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="tilt",
    title="Tilt",
    unit="%",
    better="lower",
)
