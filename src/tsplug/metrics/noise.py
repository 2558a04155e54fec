"""Standard deviation of the sky between the stars, in ADU per pixel (spec/peers e-5, spec/image-performance 3.2)."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="noise",
    title="Background noise",
    unit="ADU",
    better="lower",
    good=150.0,
    bad=2000.0,
    among_peers=AmongPeers(scale="ratio"),
)
