"""Number of stars: few stars mean cloud, dew or a branch."""

from __future__ import annotations

from tsplug.grading.spread import Floor, Limits, SpreadCheck

CHECK = SpreadCheck(
    title="Star Count",
    metric="star_count",
    order=20,
    limits=lambda preferences: Limits(preferences.grade_stars, preferences.stars_sigma),
    floor=Floor(share=0.05, counted=True),
)
