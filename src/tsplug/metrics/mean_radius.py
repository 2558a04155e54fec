"""Flux-weighted mean distance of a star's light from its middle within five sigma, in px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="mean_radius",
    title="Mean radius",
    unit="px",
    better="lower",
    zero_is_failure=True,
)
