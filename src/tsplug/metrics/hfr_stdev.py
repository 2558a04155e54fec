"""Standard deviation of the half-flux radius among stars, in px, of the sample (spec/peers e-1)."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="hfr_stdev",
    title="Standard deviation of HFR",
    unit="px",
    better="lower",
    among_peers=AmongPeers(scale="ratio"),
)
