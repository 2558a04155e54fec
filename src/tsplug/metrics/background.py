"""Level of the sky between the stars, in ADU, the median of a mesh (spec/peers e-5, spec/image-performance 3.2)."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="background",
    title="Background",
    unit="ADU",
    better="lower",
    good=400.0,
    bad=5000.0,
    among_peers=AmongPeers(scale="ratio"),
)
