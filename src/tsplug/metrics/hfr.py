"""Half-flux radius, in px: the circle that holds half of a star's light, as the sensor's pixels saw it.

Pixels widen a star once, and only once: what the curve of growth adds by spreading a pixel's light evenly is taken out.
"""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="hfr",
    title="Half-flux radius",
    unit="px",
    better="lower",
    good=1.8,
    bad=5.0,
    zero_is_failure=True,
)
