"""Half-flux radius: focus and seeing."""

from __future__ import annotations

from tsplug.grading.harm import HALF_FLUX, Size
from tsplug.grading.spread import Limits, SpreadCheck

CHECK = SpreadCheck(
    title="HFR",
    metric="hfr",
    order=30,
    limits=lambda preferences: Limits(
        preferences.grade_hfr,
        preferences.hfr_sigma,
        preferences.auto_accept_hfr or None,
        preferences.auto_reject_hfr or None,
    ),
    scale=lambda image, preferences: Size(),
    yardstick=HALF_FLUX,
)
