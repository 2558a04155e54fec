"""Flats: what they must match, how the panel was trained, what was taken and which lights it serves."""

from __future__ import annotations

from datetime import date

from pydantic import Field as ValueField
from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime, Value, new_guid
from tsplug.model.enums import FlatSetState, FlatsType


class FlatSpec(Value):
    """The settings of a light that its flats must share; ``rotation_deg`` is mechanical, None without a rotator.

    ``temperature_c`` is the sensor's, and None where the profile has no ``flats.temperature_tolerance_c``.
    """

    filter_name: str
    gain: int | None
    offset: int | None
    binning: int
    readout_mode: int | None
    roi_percent: float
    rotation_deg: float | None
    temperature_c: float | None = None


class LightSession(Value):
    """One target, one night, one flat spec: the lights that a flat set serves.

    ``session_date`` is the date of the noon the night began at, at the site. ``image_ids`` are its lights. The spec's
    rotation is that of the run's rotation class; ``lights_rotation_deg`` is the circular mean of its own lights,
    ``lights_temperature_c`` the mean of their sensor's temperature.
    """

    profile_id: int
    project_id: int
    project_name: str
    target_id: int
    target_name: str
    session_date: date
    session_id: int
    spec: FlatSpec
    lights_rotation_deg: float | None = None
    lights_temperature_c: float | None = None
    image_ids: tuple[int, ...] = ValueField(default=())


class TrainedFlat(Record):
    """Panel brightness and exposure that give well exposed flats for one camera setting of one profile.

    ``target_adu`` is the median level they lead to, which includes ``bias_adu``: what the camera shows without light.
    """

    profile_id: int
    filter_name: str = Field(min_length=1)
    gain: int | None = Field(default=None, ge=0)
    offset: int | None = Field(default=None, ge=0)
    binning: int = Field(default=1, ge=1, le=16)
    readout_mode: int | None = Field(default=None, ge=0)
    brightness: int = Field(ge=0)
    exposure_s: float = Field(gt=0)
    target_adu: float | None = Field(default=None, gt=0)
    bias_adu: float | None = Field(default=None, ge=0)
    trained_at: UtcDatetime


class FlatSet(Record):
    """One set of flats: its spec, how it was lit and exposed, and how far it came.

    ``night`` is the night of the run at the site; files are `FlatSetFile` records, the count on disk is theirs.
    ``brightness`` is that of the panel, 0 for sky flats and dark flats; ``exposure_s`` of sky flats is the first one's.
    """

    guid: str = Field(default_factory=new_guid)
    profile_id: int
    filter_name: str
    gain: int | None = None
    offset: int | None = None
    binning: int = Field(default=1, ge=1)
    readout_mode: int | None = None
    roi_percent: float = 100.0
    rotation_deg: float | None = None
    temperature_c: float | None = None
    brightness: int
    exposure_s: float
    adu_median: float | None = None
    wanted: int = Field(ge=1)
    night: date
    flats_type: FlatsType = FlatsType.PANEL
    state: FlatSetState = FlatSetState.RUNNING
    message: str = ""
    started: UtcDatetime
    finished: UtcDatetime | None = None

    @property
    def spec(self) -> FlatSpec:
        """Return what lights this set can flatten."""
        return FlatSpec(
            filter_name=self.filter_name,
            gain=self.gain,
            offset=self.offset,
            binning=self.binning,
            readout_mode=self.readout_mode,
            roi_percent=self.roi_percent,
            rotation_deg=self.rotation_deg,
            temperature_c=self.temperature_c,
        )


class FlatSetFile(Record):
    """One flat that reached the disk; ``guid`` is derived from the set's, so a frame is recorded once."""

    flat_set_id: int
    guid: str
    number: int = Field(ge=1)
    file: str
    adu_median: float | None = None
    taken_at: UtcDatetime


class FlatHistory(Record):
    """A light session that has its flats: the link between the lights of one night and a flat set."""

    profile_id: int
    target_id: int
    target_name: str
    project_name: str
    session_date: date
    session_id: int
    filter_name: str
    gain: int | None = None
    offset: int | None = None
    binning: int = Field(default=1, ge=1)
    readout_mode: int | None = None
    roi_percent: float = 100.0
    rotation_deg: float | None = None
    temperature_c: float | None = None
    flats_type: str = "panel"
    flat_set_id: int | None = None
    """The set that serves the session; None where it was imported, with nothing known of the frames."""
    taken_at: UtcDatetime
    revoked_at: UtcDatetime | None = None
    """When the flats were found unfit, so that the session has none; None while they serve it."""
    revoked_why: str = ""


class LitPanel(Record):
    """A promise kept in the store while tsplug has a profile's panel lit: who finds it switches the panel off."""

    profile_id: int
    since: UtcDatetime
    why: str = ""


class ChangedReadoutMode(Record):
    """A promise kept in the store while tsplug has changed a camera's readout mode: who finds it restores the mode."""

    profile_id: int
    mode_before: int = Field(ge=0)
    since: UtcDatetime
