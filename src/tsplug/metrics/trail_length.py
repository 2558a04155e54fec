"""Length of all trails on the frame together, in px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="trail_length",
    title="Length of trails",
    unit="px",
    better="lower",
)
