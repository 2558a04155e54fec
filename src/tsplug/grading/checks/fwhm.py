"""Full width at half maximum: focus and seeing."""

from __future__ import annotations

from tsplug.grading.spread import Floor, Limits, SpreadCheck

CHECK = SpreadCheck(
    title="FWHM",
    metric="fwhm",
    order=40,
    limits=lambda preferences: Limits(
        preferences.grade_fwhm, preferences.fwhm_sigma, preferences.auto_accept_fwhm, preferences.auto_reject_fwhm
    ),
    # A target that sinks from 60 to 35 degrees grows its stars by a fifth: that is the sky, not a bad frame.
    floor=Floor(share=0.05),
)
