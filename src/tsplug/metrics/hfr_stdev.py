"""Standard deviation of HFR, in px."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="hfr_stdev",
    title="Standard deviation of HFR",
    unit="px",
    better="lower",
    among_peers=AmongPeers(scale="ratio"),
)
