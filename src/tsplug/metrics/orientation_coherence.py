"""How far the long axes of stars point one way, 0 to 1: near 1 tracking or wind, near 0 optics (spec/peers e-3).

Stars that may be round point nowhere: frames of those have none.
"""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(
    key="orientation_coherence",
    title="Coherence of orientation",
    unit="",
    better=None,
)
