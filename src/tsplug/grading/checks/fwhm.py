"""Full width at half maximum: focus and seeing."""

from __future__ import annotations

from tsplug.grading.harm import WIDTHS, Size
from tsplug.grading.spread import Limits, SpreadCheck

CHECK = SpreadCheck(
    title="FWHM",
    metric="fwhm",
    order=40,
    limits=lambda preferences: Limits(
        preferences.grade_fwhm,
        preferences.fwhm_sigma,
        preferences.auto_accept_fwhm or None,
        preferences.auto_reject_fwhm or None,
    ),
    scale=lambda image, preferences: Size(),
    yardstick=WIDTHS,
    incomplete_passes=True,
)
