"""What a profile prefers: grader, flats and planner, each with the defaults of the field."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from tsplug.model.base import Value
from tsplug.model.enums import GraderMode, MoonAge, UngradedPolicy

WEATHER_READINGS = ("cloud_cover", "humidity", "wind_speed")
"""What a rig can be limited by, as metric keys: percent, percent, metres per second."""

STRUCTURAL_KEYWORDS = frozenset(
    {
        *("SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "EXTEND", "XTENSION", "PCOUNT", "GCOUNT"),
        *("BZERO", "BSCALE", "BLANK", "END", "CONTINUE", "HISTORY", "COMMENT", "HIERARCH", "CHECKSUM", "DATASUM"),
        *("IMAGETYP", "DATE-OBS", "EXPTIME", "EXPOSURE"),
    }
)
"""Keywords that no value of ours may take the place of."""

WRITTEN_VALUES = frozenset(
    {
        *("adu_mean", "adu_median", "adu_stdev", "background", "eccentricity", "ellipticity", "fwhm", "fwhm_arcsec"),
        *("hfr", "hfr_stdev", "noise", "pixel_scale", "saturated_pixels", "snr", "star_count"),
        *("observer", "project", "target", "plan", "session", "identifier", "grade", "grade_score", "grade_reason"),
        *("offset", "solver_error"),
    }
)
"""What the pipeline writes into headers, by the names that have keywords."""


class MetricPreferences(Value):
    """How frames are compared by one metric: whether, how far from the usual, and from where without comparing.

    ``grade`` None leaves it to the metric; ``auto_accept`` and ``auto_reject`` are values that accept what is as good
    or better, and reject what is worse; None is off.
    """

    grade: bool | None = None
    sigma: float = Field(default=4.0, ge=0, le=10)
    auto_accept: float | None = None
    auto_reject: float | None = None


class GraderPreferences(Value):
    """How frames are graded (defaults: spec/target-scheduler-domain 1.2, mode from SEMANTICS).

    ``statistical`` switches the comparison with other frames on, which most of these are about; ``grade_eccentricity``
    None leaves it to the mode: robust does, the other does not. ``ungraded`` says what becomes of frames that no grader
    can judge. ``delay_percent`` 0 grades at once; sigma factors are multiples of the
    population's spread; levels of 0 are off. Frames whose mechanical angles differ by more than
    ``rotation_tolerance_deg`` on the circle are not compared.
    ``move_rejected`` moves files of rejected frames into a folder ``rejected`` beside them, or into the archive
    ``rejected_dir``.
    ``criteria_set`` names the set that scores the rig's frames (none if empty), and ``auto_grade`` switches that off
    without forgetting which one it is.
    ``metrics`` says the same of every other metric, by its key.
    """

    statistical: bool = True
    mode: GraderMode = GraderMode.ROBUST
    grade_rms: bool = True
    grade_stars: bool = True
    grade_hfr: bool = True
    grade_fwhm: bool = False
    grade_eccentricity: bool | None = None
    delay_percent: int = Field(default=80, ge=0, le=100)
    accept_improvement: bool = True
    max_samples: int = Field(default=10, ge=3, le=100)
    rotation_tolerance_deg: float = Field(default=1.0, ge=0, le=180)
    move_rejected: bool = False
    rejected_dir: str = ""
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
    metrics: dict[str, MetricPreferences] = Field(default_factory=dict)
    ungraded: UngradedPolicy = UngradedPolicy.COUNT
    criteria_set: str = ""
    auto_grade: bool = True

    @property
    def grades_eccentricity(self) -> bool:
        """Return whether frames are compared by the eccentricity of their stars."""
        return self.mode is GraderMode.ROBUST if self.grade_eccentricity is None else self.grade_eccentricity


class FlatsPreferences(Value):
    """Which flats are taken and how: window in days, rotation tolerance in degrees, frames a set, allowed ADU error.

    ``due_rule`` names the rule of projects with a cadence; ``start_date`` is the first session that gets flats.
    ``temperature_tolerance_c`` None leaves the sensor's temperature out of account. ``trained_fallbacks`` admits panel
    settings trained with the camera's default gain or offset, ``trained_any`` those with any gain and offset.
    """

    window_days: int = Field(default=45, ge=1, le=365)
    rotation_tolerance_deg: float = Field(default=1.0, gt=0, le=180)
    temperature_tolerance_c: float | None = Field(default=None, gt=0, le=50)
    count: int = Field(default=10, ge=1, le=1000)
    due_rule: str = Field(default="document", pattern=r"^[a-z][a-z0-9-]*$")
    start_date: date | None = None
    project_scope: bool = False
    trained_fallbacks: bool = False
    trained_any: bool = False
    adu_tolerance_percent: float = Field(default=10.0, gt=0, le=100)


class Overheads(Value):
    """Seconds that pass beside exposing: what the planner keeps free before limits end, and what a preview adds.

    A preview focuses ``autofocus_every_min`` after it came to its first target, and so on; 0 is never. The focus on a
    new target, where there is one, belongs to ``new_target_s``.
    """

    new_target_s: float = Field(default=0.0, ge=0, le=3600)
    dither_s: float = Field(default=0.0, ge=0, le=600)
    filter_change_s: float = Field(default=0.0, ge=0, le=600)
    download_s: float = Field(default=0.0, ge=0, le=600)
    flip_s: float = Field(default=0.0, ge=0, le=3600)
    autofocus_s: float = Field(default=0.0, ge=0, le=3600)
    autofocus_every_min: float = Field(default=0.0, ge=0, le=1440)


class PlannerPreferences(Value):
    """How exposures are chosen: throttle in percent when grading is off, parking while waiting.

    ``flip_pause_min`` is how long before the meridian the host stops to wait for the flip, ``flip_after_min`` how long
    after it the flip is made: 0 for no pause. ``weather_limits`` are the highest readings, by metric key, at which
    exposures are taken; None is off. ``moon_age`` counts it from ecliptic longitudes, or as Target Scheduler does.
    """

    exposure_throttle_percent: int = Field(default=125, ge=1, le=1000)
    park_on_wait: bool = False
    delete_images_with_target: bool = True
    slew_and_center: bool = True
    stop_on_humidity: bool = True
    flip_pause_min: float = Field(default=0.0, ge=0, le=120)
    flip_after_min: float = Field(default=0.0, ge=0, le=120)
    weather_limits: dict[str, float | None] = Field(default_factory=dict)
    moon_age: MoonAge = MoonAge.ECLIPTIC
    overheads: Overheads = Field(default_factory=Overheads)

    @field_validator("weather_limits")
    @classmethod
    def _known_readings(cls, limits: dict[str, float | None]) -> dict[str, float | None]:
        for name in limits:
            if name not in WEATHER_READINGS:
                raise ValueError(f"weather limit {name!r} is none of {', '.join(WEATHER_READINGS)}")
        return limits


class PipelinePreferences(Value):
    """How the image pipeline works on a rig's frames, and whether it does so as soon as they are saved.

    ``modules`` switches modules on and off by name; those that are not named are on. Previews are pictures of
    ``preview_width_px`` in ``preview_folder``, which lies beside the frame; an absolute path is one folder for all,
    which mirrors the ways to frames.
    ``keywords`` says in which dialect numbers are written into headers; ``keyword_names`` gives single values other
    keywords, an empty one leaves a value out.
    ``solvers`` are asked in order until one solves: ``matcher``, our own, ``solve-field`` of astrometry.net with its
    program and a folder of indexes, ``astap`` with its program and its database; these two may take
    ``solve_timeout_s``. Frames are sought within ``search_radius_deg`` of where the mount was. One is on target within
    ``on_target_arcsec``, and within ``on_target_share`` of the shorter side of the field.
    """

    start_on_save: bool = False
    modules: dict[str, bool] = Field(default_factory=dict)
    preview_folder: str = Field(default="previews", min_length=1)
    preview_width_px: int = Field(default=1024, ge=64, le=8192)
    preview_form: Literal["jpeg", "png"] = "jpeg"
    keywords: Literal["standard", "banzai"] = "standard"
    keyword_names: dict[str, str] = Field(default_factory=dict)
    solvers: list[str] = Field(default_factory=lambda: ["matcher"])
    search_radius_deg: float = Field(default=1.0, gt=0, le=20)
    solve_timeout_s: float = Field(default=60.0, gt=0, le=3600)
    solve_field: str = Field(default="solve-field", min_length=1)
    solve_field_indexes: str = ""
    astap: str = Field(default="astap_cli", min_length=1)
    astap_database: str = ""
    on_target_arcsec: float = Field(default=300.0, gt=0)
    on_target_share: float = Field(default=0.1, gt=0, le=1)

    @field_validator("keyword_names")
    @classmethod
    def _are_keywords(cls, names: dict[str, str]) -> dict[str, str]:
        for name, keyword in names.items():
            if name not in WRITTEN_VALUES:
                raise ValueError(f"{name!r} is written into no header; what is: {', '.join(sorted(WRITTEN_VALUES))}")
            if keyword and not re.fullmatch(r"[A-Z0-9_-]{1,8}", keyword):
                raise ValueError(f"{name}: {keyword!r} is no FITS keyword: up to 8 of A-Z, 0-9, - and _")
            if keyword in STRUCTURAL_KEYWORDS:
                raise ValueError(f"{name}: {keyword} says how the pixels are stored, and cannot be used")
        return names


class NinaPreferences(Value):
    """Preferences that only N.I.N.A. acts upon, kept so that they go back as they came (seconds, ports, switches).

    ``profile_completion_reset`` offers there to reset the counters of a whole profile; `tsplug project reset` does so
    of a project at any time.
    """

    smart_plan_window: bool = True
    log_level: int = Field(default=3, ge=0, le=5)
    profile_completion_reset: bool = False
    synchronization: bool = False
    sync_wait_timeout_s: int = Field(default=300, ge=60, le=10_000_000)
    sync_action_timeout_s: int = Field(default=300, ge=60, le=10_000_000)
    sync_solve_rotate_timeout_s: int = Field(default=300, ge=60, le=10_000_000)
    sync_event_container_timeout_s: int = Field(default=300, ge=60, le=10_000_000)
    synced_autofocus: bool = False
    client_updates_plan: bool = True
    simulated_run: bool = False
    skip_simulated_waits: bool = True
    skip_simulated_updates: bool = False
    api: bool = False
    api_port: int = Field(default=8188, ge=1024, le=49_151)
    api_pretty_print: bool = False
