"""Sky quality, in mag/arcsec2."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="sky_quality",
    title="Sky quality",
    unit="mag/arcsec2",
    better="higher",
    good=20.5,
    bad=17.0,
)
