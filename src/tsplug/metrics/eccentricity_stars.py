"""Plain median of single stars' eccentricities, noise and all, as other tools give it."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="eccentricity_stars",
    title="Eccentricity of single stars",
    unit="",
    better="lower",
)
