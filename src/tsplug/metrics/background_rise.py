"""How much brighter the sky is than on the frame that the plan's scale begins with, in ADU."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="background_rise",
    title="Rise of the background",
    unit="ADU",
    better="lower",
    may_be_negative=True,
)
