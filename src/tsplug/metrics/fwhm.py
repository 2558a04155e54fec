"""Full width at half maximum of stars by their common profile, in px, geometric mean of both axes (spec/peers e-2)."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="fwhm",
    title="FWHM",
    unit="px",
    better="lower",
    zero_is_failure=True,
)
