"""Eccentricity of the stars: tracking, wind, tilt."""

from __future__ import annotations

from tsplug.grading.harm import Elongation
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.spread import Limits, SpreadCheck

CHECK = SpreadCheck(
    title="Eccentricity",
    metric="eccentricity",
    order=50,
    limits=lambda preferences: Limits(
        preferences.grades_eccentricity,
        preferences.eccentricity_sigma,
        preferences.auto_accept_eccentricity or None,
        preferences.auto_reject_eccentricity or None,
    ),
    scale=lambda image, preferences: Elongation(),
    # Up to an eccentricity of 0.4, a tenth longer than wide, stars look round (spec/peers e-3): less says nothing.
    yardstick=Yardstick(floor=0.08, ceiling=0.1, swing=0.1, young=0.1, steepest=0.0, undisturbed=True),
    zero_fails=False,
    incomplete_passes=True,
)
