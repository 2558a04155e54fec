"""Full width at half maximum of stars, in arcsec: that in px by the scale of the frame (spec/peers e-2)."""

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
