"""What a host tells tsplug: an exposure is saved, a plan wants grades, a flats instruction is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from tsplug.model.base import UtcDatetime, Value
from tsplug.model.enums import PierSide


class ExposureSaved(Value):
    """A light that is safely on disk.

    ``guid`` names the exposure for ever: telling twice records once. ``plan_guid`` comes from the decision that asked
    for the exposure. Times UTC, angles degrees, temperatures Celsius. ``metrics`` holds what the host knows under
    the keys of `tsplug.metrics`; leave out what it does not know. ``detector`` is the name, version and settings hash
    of what the host measured stars with, ``guide_scale_arcsec`` arcseconds per pixel of the guider. ``beside`` and
    ``host`` are those of the decision.
    """

    guid: str
    profile_guid: str
    plan_guid: str
    file: Path
    filter_name: str
    started: UtcDatetime
    ended: UtcDatetime
    exposure_s: float = Field(ge=0)
    gain: int | None = None
    offset: int | None = None
    binning: int = 1
    readout_mode: int | None = None
    readout_mode_name: str = ""
    rotation_deg: float | None = None
    position_angle_deg: float | None = None
    roi_percent: float = 100.0
    session_id: int = 0
    pier_side: PierSide = PierSide.UNKNOWN
    focuser_position: int | None = None
    focuser_temperature_c: float | None = None
    camera_temperature_c: float | None = None
    camera_set_temperature_c: float | None = None
    guide_scale_arcsec: float | None = None
    detector: str = ""
    metrics: dict[str, float] = Field(default_factory=dict)
    beside: bool = False
    host: str = ""


class GradePlan(Value):
    """A plan's pending images should be graded; ``force`` grades before the delay is reached.

    What triggers it is an exposure of the plan, somebody who asks for it, a host that goes on with an exposure that it
    was interrupted in, or a new night, before which images may have waited for the end of an earlier one.
    With ``dry_run`` graders judge, but nothing is measured, recorded or moved: the answer tells what would become of
    each image.
    """

    plan_guid: str
    trigger: Literal["exposure", "manual", "resume", "night"] = "exposure"
    force: bool = False
    dry_run: bool = False


class SkyFlatSettings(Value):
    """How the twilight sky is used: which end of the night, the level aimed at, exposures in seconds, and dithering.

    ``tolerance_percent`` is how far a frame's median may be off the level; ``minutes`` how long the sky is watched at
    most, waiting for its light included.
    """

    when: Literal["dusk", "dawn"] = "dawn"
    target_percent: float = Field(default=50.0, ge=5, le=90)
    tolerance_percent: float = Field(default=30.0, gt=0, le=60)
    minimum_exposure_s: float = Field(default=0.5, gt=0)
    maximum_exposure_s: float = Field(default=30.0, gt=0)
    dither: bool = True
    minutes: float = Field(default=90.0, gt=0, le=720)

    @model_validator(mode="after")
    def _in_order(self) -> SkyFlatSettings:
        if self.minimum_exposure_s > self.maximum_exposure_s:
            raise ValueError("minimum_exposure_s must not exceed maximum_exposure_s")
        return self


class TrainingRequest(Value):
    """The panel is to be trained: settings of panel and camera are looked for that give a wanted level.

    ``filters`` empty are all in the wheel; ``needed`` trains of them what due light sessions lack, with their settings.
    Levels are per cent of the camera's range, exposures seconds; equal limits fix exposure or brightness.
    """

    profile_guid: str
    filters: tuple[str, ...] = ()
    needed: bool = False
    gain: int | None = Field(default=None, ge=0)
    offset: int | None = Field(default=None, ge=0)
    binning: int = Field(default=1, ge=1, le=16)
    readout_mode: int | None = Field(default=None, ge=0)
    target_percent: float = Field(default=50.0, ge=5, le=90)
    tolerance_percent: float = Field(default=10.0, gt=0, le=50)
    minimum_exposure_s: float = Field(default=0.2, gt=0)
    maximum_exposure_s: float = Field(default=15.0, gt=0)
    minimum_brightness: int | None = Field(default=None, ge=1)
    maximum_brightness: int | None = Field(default=None, ge=1)
    frames: int = Field(default=20, ge=2, le=100)
    cover_at_end: Literal["closed", "open"] = "closed"

    @model_validator(mode="after")
    def _in_order(self) -> TrainingRequest:
        if self.minimum_exposure_s > self.maximum_exposure_s:
            raise ValueError("minimum_exposure_s must not exceed maximum_exposure_s")
        low, high = self.minimum_brightness, self.maximum_brightness
        if low is not None and high is not None and low > high:
            raise ValueError("minimum_brightness must not exceed maximum_brightness")
        if self.needed and ((self.gain, self.offset, self.readout_mode) != (None, None, None) or self.binning != 1):
            raise ValueError("`needed` takes gain, offset, binning and readout mode from the lights: leave them out")
        return self


class FlatInstruction(Value):
    """A flats instruction is reached in the sequence of a profile.

    ``kind`` says which lights are served: those whose flats are due, those of this night whose projects take their
    flats at once (with the rotator left where it is), or those that are due by the light of the twilight sky.
    ``count`` None takes the profile's flats to take; ``repeat`` takes equal specs once per session instead of once.
    ``rules`` are names of due rules, none for all; ``budget_min`` the minutes that the run may take, sets that do not
    fit are left for the next one. ``dark_flats`` is how many dark flats are taken for each exposure of the flats.
    ``dry_run`` plans and reports without moving anything.
    """

    profile_guid: str
    kind: Literal["due", "immediate", "sky"] = "due"
    count: int | None = Field(default=None, ge=1)
    repeat: bool = False
    rules: tuple[str, ...] = ()
    budget_min: float | None = Field(default=None, gt=0)
    cover_at_end: Literal["closed", "open"] = "closed"
    rotator_back: bool = False
    dark_flats: int = Field(default=0, ge=0, le=1000)
    sky: SkyFlatSettings = Field(default_factory=SkyFlatSettings)
    dry_run: bool = False
