"""Cells of an 8x6 grid with hardly any star: a tree, dew from one side, an obstruction."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="dead_cells",
    title="Cells without stars",
    unit="",
    better="lower",
)
