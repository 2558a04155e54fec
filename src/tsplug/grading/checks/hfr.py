"""Half-flux radius: focus and seeing."""

from __future__ import annotations

from tsplug.grading.spread import Floor, Limits, SpreadCheck

CHECK = SpreadCheck(
    title="HFR",
    metric="hfr",
    order=30,
    limits=lambda preferences: Limits(
        preferences.grade_hfr, preferences.hfr_sigma, preferences.auto_accept_hfr, preferences.auto_reject_hfr
    ),
    # A target that sinks from 60 to 35 degrees grows its stars by a fifth: that is the sky, not a bad frame.
    floor=Floor(share=0.05),
)
