"""Stars of a signal to noise of 10 and more, saturated ones too (spec/peers e-7)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="star_count",
    title="Stars",
    unit="",
    better="higher",
    good=250.0,
    bad=20.0,
    zero_is_failure=True,
)
