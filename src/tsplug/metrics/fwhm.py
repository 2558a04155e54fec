"""FWHM, in px."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="fwhm",
    title="FWHM",
    unit="px",
    better="lower",
    zero_is_failure=True,
)
