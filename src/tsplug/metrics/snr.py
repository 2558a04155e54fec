"""Median signal to noise of the measured stars within 1.5 FWHM (spec/peers e-8, snr_star)."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="snr",
    title="Star signal-to-noise ratio",
    unit="",
    better="higher",
    good=25.0,
    bad=5.0,
    among_peers=AmongPeers(scale="ratio"),
)
