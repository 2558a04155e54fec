"""Number of stars: few stars mean cloud, dew or a branch."""

from __future__ import annotations

from tsplug.grading.harm import count_scale
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.spread import Limits, SpreadCheck

CHECK = SpreadCheck(
    title="Star Count",
    metric="star_count",
    order=20,
    limits=lambda preferences: Limits(preferences.grade_stars, preferences.stars_sigma),
    scale=count_scale,
    # The same field has the same stars: only their detection near the limit varies. Haze may take 20 % for a night;
    # a clear sky is never clearer, so the first hour of a plan is as good a measure as any other.
    yardstick=Yardstick(floor=0.036, ceiling=0.05, swing=0.2, young=0.05, steepest=0.25, majority=0.0, better=0.25),
    counts=True,
)
