"""What a profile prefers: grader, flats and planner, each with the defaults of the field."""

from __future__ import annotations

from pydantic import Field

from tsplug.model.base import Value
from tsplug.model.enums import GraderMode, UngradedPolicy


class GraderPreferences(Value):
    """How frames are graded (defaults: spec/target-scheduler-domain 1.2, mode from SEMANTICS).

    ``delay_percent`` 0 grades at once; sigma factors are multiples of the population's spread; levels of 0 are off.
    """

    mode: GraderMode = GraderMode.ROBUST
    grade_rms: bool = True
    grade_stars: bool = True
    grade_hfr: bool = True
    grade_fwhm: bool = False
    grade_eccentricity: bool = False
    delay_percent: int = Field(default=80, ge=0, le=100)
    accept_improvement: bool = True
    max_samples: int = Field(default=10, ge=3, le=100)
    move_rejected: bool = False
    rms_threshold_px: float = Field(default=8.0, ge=0, le=500)
    stars_sigma: float = Field(default=4.0, ge=0, le=10)
    hfr_sigma: float = Field(default=4.0, ge=0, le=10)
    fwhm_sigma: float = Field(default=4.0, ge=0, le=10)
    eccentricity_sigma: float = Field(default=4.0, ge=0, le=10)
    auto_accept_hfr: float = Field(default=0.0, ge=0, le=10)
    auto_accept_fwhm: float = Field(default=0.0, ge=0, le=10)
    auto_accept_eccentricity: float = Field(default=0.0, ge=0, le=10)
    auto_reject_hfr: float = Field(default=0.0, ge=0, le=10)
    auto_reject_fwhm: float = Field(default=0.0, ge=0, le=10)
    auto_reject_eccentricity: float = Field(default=0.0, ge=0, le=10)
    ungraded: UngradedPolicy = UngradedPolicy.COUNT


class FlatsPreferences(Value):
    """Which flats are taken and how: window in days, rotation tolerance in degrees, frames a set, allowed ADU error."""

    window_days: int = Field(default=45, ge=1, le=365)
    rotation_tolerance_deg: float = Field(default=1.0, gt=0, le=180)
    count: int = Field(default=10, ge=1, le=1000)
    project_scope: bool = False
    trained_fallbacks: bool = False
    adu_tolerance_percent: float = Field(default=10.0, gt=0, le=100)


class PlannerPreferences(Value):
    """How exposures are chosen: throttle in percent when grading is off, parking while waiting."""

    exposure_throttle_percent: int = Field(default=125, ge=1, le=1000)
    park_on_wait: bool = False
    delete_images_with_target: bool = True
