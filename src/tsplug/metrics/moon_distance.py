"""Distance from the Moon, in deg."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="moon_distance",
    title="Distance from the Moon",
    unit="deg",
    better="higher",
    good=90.0,
    bad=20.0,
)
