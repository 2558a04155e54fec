"""What is to be imaged: projects, their targets, and exposure plans made from templates."""

from __future__ import annotations

from datetime import date

from pydantic import field_validator
from sqlmodel import Field

from tsplug.model.base import (
    CameraDefaultFloat,
    CameraDefaultInt,
    Record,
    UtcDatetime,
    Value,
    new_guid,
)
from tsplug.model.enums import Band, OrderAction, Priority, ProjectState, Twilight

FLATS_OFF = 0
FLATS_CADENCES = (1, 2, 3, 5, 7, 10, 14)
FLATS_ON_COMPLETION = 100
FLATS_IMMEDIATE = 200

RULE_WEIGHTS: dict[str, float] = {
    "Meridian Flip Penalty": 0.0,
    "Meridian Window Priority": 75.0,
    "Mosaic Completion": 0.0,
    "Percent Complete": 50.0,
    "Project Priority": 50.0,
    "Setting Soonest": 50.0,
    "Smart Exposure Order": 0.0,
    "Target Switch Penalty": 67.0,
}
"""Default weights of the scoring rules (spec/target-scheduler-domain 1.2)."""


class SkyConstraint(Value):
    """A constraint of astroplan, or of a plugin, that a target or project is held to.

    ``name`` is its class, as in ``MoonSeparationConstraint``; ``arguments`` are those of its constructor: numbers,
    switches, quantities as text (``40 deg``), times in ISO 8601.
    """

    name: str = Field(min_length=1)
    arguments: dict[str, bool | float | str | None] = Field(default_factory=dict)


class Project(Record):
    """A set of targets with shared scheduling settings that belongs to one profile.

    Altitudes and offsets are degrees, times minutes; 0 switches a limit off. ``constraints`` hold for all its targets.
    """

    guid: str = Field(default_factory=new_guid)
    profile_id: int
    name: str = Field(min_length=1)
    description: str = ""
    state: ProjectState = ProjectState.DRAFT
    priority: Priority = Priority.NORMAL
    created_at: UtcDatetime
    active_at: UtcDatetime | None = None
    inactive_at: UtcDatetime | None = None
    closed_at: UtcDatetime | None = None
    is_mosaic: bool = False
    flats_handling: int = FLATS_OFF
    flats_start_date: date | None = None
    """The first session that gets flats; None for no such limit."""
    minimum_time_min: int = Field(default=30, ge=0, le=1440)
    minimum_altitude_deg: float = Field(default=0.0, ge=0, le=90)
    maximum_altitude_deg: float = Field(default=0.0, ge=0, le=90)
    use_custom_horizon: bool = False
    horizon_offset_deg: float = Field(default=0.0, ge=0, le=90)
    meridian_window_min: int = Field(default=0, ge=0, le=720)
    filter_switch_frequency: int = Field(default=0, ge=0, le=999)
    dither_every: int = Field(default=0, ge=0, le=999)
    smart_exposure_order: bool = False
    grading_enabled: bool = True
    rule_weights: dict[str, float] = Field(default_factory=lambda: dict(RULE_WEIGHTS))
    constraints: list[SkyConstraint] = Field(default_factory=list)

    @field_validator("flats_handling")
    @classmethod
    def _known_handling(cls, value: int) -> int:
        known = (FLATS_OFF, *FLATS_CADENCES, FLATS_ON_COMPLETION, FLATS_IMMEDIATE)
        if value not in known:
            raise ValueError(f"flats handling {value} is none of {', '.join(map(str, known))}")
        return value

    @field_validator("rule_weights")
    @classmethod
    def _weights_in_range(cls, weights: dict[str, float]) -> dict[str, float]:
        for name, weight in weights.items():
            if not 0 <= weight <= 100:
                raise ValueError(f"the weight of rule {name!r} must lie within 0..100, not {weight}")
        return weights


class Contribution(Record):
    """Another profile whose exposures count towards the plans of a project."""

    project_id: int
    profile_id: int


class OrderItem(Value):
    """One place of an order of exposures: an exposure of a plan, or a dither."""

    action: OrderAction
    plan_guid: str | None = None


class CadenceItem(OrderItem):
    """One place of a target's rotation of filters; it goes on at the item marked ``next``."""

    next: bool = False


class SmartTurns(Value):
    """How many exposures plans had in the present rotation of the smart exposure order: by plan guid, of one night."""

    night: date | None = None
    taken: dict[str, int] = Field(default_factory=dict)


class Target(Record):
    """A place in the sky with rotation and region of interest: J2000, hours and degrees.

    ``override_order`` replaces the planner's order of exposures where it is not empty; ``filter_cadence`` is how far
    the rotation of filters came. Both are cleared when the set of plans changes. ``smart_turns`` is what the smart
    exposure order remembers of a night.
    """

    guid: str = Field(default_factory=new_guid)
    project_id: int
    name: str = Field(min_length=1)
    enabled: bool = True
    ra_hours: float = Field(ge=0, lt=24)
    dec_deg: float = Field(ge=-90, le=90)
    rotation_deg: float = Field(default=0.0, ge=0, lt=360)
    """Position angle, counter-clockwise (east of north)."""
    roi_percent: float = Field(default=100.0, ge=1, le=100)
    priority: Priority | None = None
    override_order: list[OrderItem] = Field(default_factory=list)
    filter_cadence: list[CadenceItem] = Field(default_factory=list)
    smart_turns: SmartTurns = Field(default_factory=SmartTurns)
    constraints: list[SkyConstraint] = Field(default_factory=list)


class ExposureTemplate(Record):
    """How a filter is exposed: seconds, camera settings (None is the camera's default), twilight and Moon rules."""

    guid: str = Field(default_factory=new_guid)
    profile_id: int
    name: str = Field(min_length=1)
    filter_name: str = Field(min_length=1)
    default_exposure_s: float = Field(default=60.0, gt=0, le=32_767)
    gain: CameraDefaultInt = Field(default=None, ge=0)
    offset: CameraDefaultInt = Field(default=None, ge=0)
    binning: int = Field(default=1, ge=1, le=16)
    readout_mode: CameraDefaultInt = Field(default=None, ge=0)
    twilight: Twilight = Twilight.NIGHTTIME
    twilight_offset_min: int = Field(default=0, ge=-999, le=999)
    dither_every: CameraDefaultInt = Field(default=None, ge=0, le=999)
    maximum_humidity_percent: float = Field(default=0.0, ge=0, le=100)
    moon_avoidance: bool = False
    moon_separation_deg: float = Field(default=60.0, ge=0, le=180)
    moon_width_days: int = Field(default=7, ge=1, le=14)
    moon_relax_scale: float = Field(default=0.0, ge=0)
    moon_relax_maximum_altitude_deg: float = Field(default=5.0, ge=0, le=30)
    moon_relax_minimum_altitude_deg: float = Field(default=-15.0, ge=-90, le=0)
    moon_must_be_down: bool = False
    minimum_grade: Band = Band.E


class ExposurePlan(Record):
    """Take so many exposures of this template for this target; counters are kept by the store alone.

    ``exposure_s`` None takes the template's default.
    """

    guid: str = Field(default_factory=new_guid)
    target_id: int
    template_id: int
    exposure_s: CameraDefaultFloat = Field(default=None, gt=0, le=32_767)
    desired: int = Field(default=1, ge=0, le=99_999)
    acquired: int = Field(default=0, ge=0)
    accepted: int = Field(default=0, ge=0)
    enabled: bool = True

    def is_provisional(self, delay_percent: int) -> bool:
        """Return whether delayed grading has not been reached: acquired / desired is below the delay.

        One rule says when grading begins and how far the plan counts as being done, so the two never disagree. Whole
        numbers only. A plan that desires nothing never reaches a delay; a delay of 0 is always reached.
        """
        return delays_grading(self.acquired, self.desired, delay_percent=delay_percent)


def delays_grading(acquired: int, desired: int, *, delay_percent: int) -> bool:
    """Return whether a plan with such counts waits for more exposures before they are graded."""
    if delay_percent <= 0:
        return False
    return desired <= 0 or acquired * 100 < delay_percent * desired
