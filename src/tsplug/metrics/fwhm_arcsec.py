"""FWHM, in arcsec."""

from __future__ import annotations

from tsplug.metrics.metric import AmongPeers, Metric

METRIC = Metric(
    key="fwhm_arcsec",
    title="FWHM",
    unit="arcsec",
    better="lower",
    good=2.0,
    bad=6.0,
    zero_is_failure=True,
    among_peers=AmongPeers(scale="ratio"),
)
