"""Eccentricity of the stars: tracking, wind, tilt."""

from __future__ import annotations

from tsplug.grading.harm import Shape
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.spread import Limits, SpreadCheck

CHECK = SpreadCheck(
    title="Eccentricity",
    metric="eccentricity",
    order=50,
    limits=lambda preferences: Limits(
        preferences.grade_eccentricity,
        preferences.eccentricity_sigma,
        preferences.auto_accept_eccentricity or None,
        preferences.auto_reject_eccentricity or None,
    ),
    scale=lambda image, preferences: Shape(),
    # Up to 0.4 stars look round (spec/peers e-3): among round stars differences below that say nothing.
    yardstick=Yardstick(floor=0.1, ceiling=0.13, swing=0.15, young=0.1, steepest=0.0, undisturbed=True),
    zero_fails=False,
    incomplete_passes=True,
)
