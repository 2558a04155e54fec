"""What to do next, as data: an exposure with the steps that lead to it, a wait, or nothing more."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, field_validator

from tsplug.model.base import UtcDatetime, Value

NEVER_FLIPS_MIN = 720.0
"""How many minutes after the meridian a mount flips that never does: half a turn of the sky later."""


class SlewCenter(Value):
    """Point the telescope at J2000 coordinates (hours, degrees)."""

    step: Literal["slew_center"] = "slew_center"
    ra_hours: float
    dec_deg: float


class RotateTo(Value):
    """Turn the rotator so that the frame has this position angle on the sky, in degrees."""

    step: Literal["rotate"] = "rotate"
    position_angle_deg: float


class SwitchFilter(Value):
    """Bring a filter into the beam."""

    step: Literal["switch_filter"] = "switch_filter"
    filter_name: str


class SetReadoutMode(Value):
    """Select a readout mode of the camera by its index."""

    step: Literal["readout_mode"] = "readout_mode"
    readout_mode: int


class Dither(Value):
    """Move the pointing by a few pixels before the next exposure."""

    step: Literal["dither"] = "dither"


class Expose(Value):
    """Take one light."""

    step: Literal["expose"] = "expose"
    exposure_s: float
    gain: int | None
    offset: int | None
    binning: int
    roi_percent: float


Step = SlewCenter | RotateTo | SwitchFilter | SetReadoutMode | Dither | Expose


class Rejection(Value):
    """Why a target or plan was not chosen, with the numbers that decided, and when it may be.

    ``numbers`` holds what ``detail`` tells in words, each under a name with its unit.
    """

    target_name: str
    target_guid: str = ""
    plan: str = ""
    rule: str
    detail: str
    numbers: dict[str, float] = Field(default_factory=dict)
    again_at: UtcDatetime | None = None


class RuleShare(Value):
    """What one scoring rule gave a target: value 0 to 1, weight 0 to 100; their product / 100 is its share."""

    rule: str
    value: float
    weight: float

    @property
    def product(self) -> float:
        """Return the rule's share of the score."""
        return self.value * self.weight / 100


class TargetScore(Value):
    """The score of a target that could be imaged, with what every rule gave it."""

    target_name: str
    target_guid: str
    score: float
    shares: tuple[RuleShare, ...]


class TakeExposure(Value):
    """One light of a plan, with everything the host needs to take, name and record it.

    ``until`` is when the target is lost tonight, ``plan_until`` until when this exposure of it is wanted (the sky
    brightens, the Moon rises): who comes too late to end by then asks anew. ``stays_until`` is until when the target is
    kept whatever the others score, if the host hands it back with its next request: a target that is chosen gets its
    minimum time. ``host`` is that of the request. ``scores`` holds all targets that could be imaged, best first.
    ``beside`` marks what a second camera takes meanwhile: the order of the target's exposures is the first one's.
    """

    kind: Literal["exposure"] = "exposure"
    profile_guid: str
    project_name: str
    target_guid: str
    target_name: str
    plan_guid: str
    template_name: str
    filter_name: str
    ra_hours: float
    dec_deg: float
    rotation_deg: float
    session_id: int
    score: float
    until: UtcDatetime
    plan_until: UtcDatetime | None = None
    stays_until: UtcDatetime | None = None
    steps: tuple[Step, ...]
    scores: tuple[TargetScore, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()
    beside: bool = False
    host: str = ""


class WaitUntil(Value):
    """Nothing can be imaged before ``until``; what is waited for is the target that is imaged then.

    J2000 hours and degrees; they are None, and the other names empty, where a host waits for something else.
    """

    kind: Literal["wait"] = "wait"
    until: UtcDatetime
    target_name: str
    reason: str
    project_name: str = ""
    target_guid: str = ""
    ra_hours: float | None = None
    dec_deg: float | None = None
    rotation_deg: float | None = None
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()


class NothingLeft(Value):
    """Nothing more can be imaged in this night."""

    kind: Literal["done"] = "done"
    reason: str
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()


Decision = TakeExposure | WaitUntil | NothingLeft


class FittedExposures(Value):
    """What a second camera takes while the first one exposes: how many, and one of them; else why it takes none.

    ``amiss`` says that it will take none until somebody mends what is wrong.
    """

    count: int = Field(ge=0)
    exposure: TakeExposure | None = None
    reason: str = ""
    amiss: bool = False


class DecisionRequest(Value):
    """What the host asks: for which profile, now, coming from which target and filter, until when at the latest.

    Attributes:
        profile_guid: the rig.
        current_target_guid: the target imaged last, None after a wait or at the start.
        stays_until: what the last decision for that target said under this name; None lets it compete at once.
        current_filter: the filter in the beam.
        until: when the host will end, whatever is possible.
        since_dither: the filters exposed since the last dither or slew, in order.
        exposures_since_dither: their number, for a host that does not tell filters apart.
        on_wrong_side: whether a slew to the current target would end on the other side of the pier, so that a flip is
            due or will be; None where the host does not know.
        weather: readings by metric key, such as ``humidity`` in percent; what is not measured is left out, as is what
            is no number.
        explain: whether to tell scores and rejections; without, the same decision comes sooner.
        left_out: guids of targets that the host cannot image now, such as those that it failed to center.
        flip_pause_min: how long before the meridian the host waits for the flip; None takes the profile's preference.
        flip_after_min: how long after the meridian it flips; None takes the profile's preference, `NEVER_FLIPS_MIN`
            is for a host that does not.
        host: tells hosts apart that image with one profile at one time, such as the guid of a run: each exposure is
            given to one of them. Empty for a host that is the only one.
    """

    profile_guid: str
    current_target_guid: str | None = None
    stays_until: UtcDatetime | None = None
    current_filter: str | None = None
    until: UtcDatetime | None = None
    since_dither: tuple[str, ...] = ()
    exposures_since_dither: int = Field(default=0, ge=0)
    on_wrong_side: bool | None = None
    weather: dict[str, float] = Field(default_factory=dict)
    explain: bool = True
    left_out: tuple[str, ...] = ()
    flip_pause_min: float | None = Field(default=None, ge=0, le=120)
    flip_after_min: float | None = Field(default=None, ge=0, le=NEVER_FLIPS_MIN)
    host: str = ""

    @field_validator("weather")
    @classmethod
    def _measured(cls, readings: dict[str, float]) -> dict[str, float]:
        return {name: reading for name, reading in readings.items() if math.isfinite(reading)}
