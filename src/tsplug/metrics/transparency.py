"""Light of matched stars against the frame that the scale of a plan begins with, in percent (spec/peers e-8)."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="transparency",
    title="Transparency",
    unit="%",
    better="higher",
    zero_is_failure=True,
    among_peers=AmongPeers(
        scale="ratio", least_spread=0.05, largest_spread=0.06, swing=0.2, by_air=0.3, unsurpassed=True
    ),
)
