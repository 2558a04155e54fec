"""Eccentricity of the stars: tracking, wind, tilt."""

from __future__ import annotations

from tsplug.grading.spread import Floor, Limits, SpreadCheck

CHECK = SpreadCheck(
    title="Eccentricity",
    metric="eccentricity",
    order=50,
    limits=lambda preferences: Limits(
        preferences.grade_eccentricity,
        preferences.eccentricity_sigma,
        preferences.auto_accept_eccentricity,
        preferences.auto_reject_eccentricity,
    ),
    # Up to 0.4 stars look round (spec/peers e-3): among round stars differences below that say nothing.
    floor=Floor(share=0.03, absolute=0.1),
    zero_fails=False,
)
