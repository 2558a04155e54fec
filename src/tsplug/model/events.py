"""What a host tells tsplug: an exposure is saved, a plan wants grades, a flats instruction is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from tsplug.model.base import UtcDatetime, Value
from tsplug.model.enums import PierSide


class ExposureSaved(Value):
    """A light that is safely on disk.

    ``guid`` names the exposure for ever: telling twice records once. ``plan_guid`` comes from the decision that asked
    for the exposure. Times UTC, angles degrees, temperatures Celsius. ``metrics`` holds what the host knows under
    the keys of `tsplug.metrics`; leave out what it does not know.
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
    metrics: dict[str, float] = Field(default_factory=dict)


class GradePlan(Value):
    """A plan's pending images should be graded; ``force`` grades before the delay is reached."""

    plan_guid: str
    trigger: Literal["exposure", "manual", "resume"] = "exposure"
    force: bool = False


class FlatInstruction(Value):
    """A flats instruction is reached in the sequence of a profile.

    ``count`` None takes the profile's flats to take; ``repeat`` takes equal specs once per session instead of once.
    ``dry_run`` plans and reports without moving anything.
    """

    profile_guid: str
    count: int | None = Field(default=None, ge=1)
    repeat: bool = False
    cover_at_end: Literal["closed", "open"] = "closed"
    dry_run: bool = False
