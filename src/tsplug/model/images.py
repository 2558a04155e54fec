"""What was imaged: the record of every saved light, its thumbnail, verdicts and audit trail."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime, new_guid
from tsplug.model.enums import Band, Counter, GradingStatus, PierSide, VerdictStatus

MANUAL = "Manual"
"""The reject reason of what was rejected by hand."""


class AcquiredImage(Record):
    """One saved light: how it was exposed, what was measured, what it is worth.

    References to profile, project, target and plan are weak: names are kept beside them, so a record survives all of
    them. ``started`` and ``acquired`` are the beginning and the end of the exposure. ``session_date`` is the date of
    the noon its night began at, where the telescope stood then; None where that is not known. ``rotation_deg`` is the
    rotator's mechanical angle, None without a rotator. ``metrics`` holds the keys of `tsplug.metrics`.
    ``guide_scale_arcsec`` is arcseconds per pixel of the guider. ``manual`` says that the status was set by hand: it
    wins over all graders until it is cleared (SEMANTICS, Status).
    """

    guid: str = Field(default_factory=new_guid)
    profile_id: int | None = None
    profile_name: str
    project_id: int | None = None
    project_name: str
    target_id: int | None = None
    target_name: str
    plan_id: int | None = None
    template_name: str = ""
    filter_name: str = Field(min_length=1)
    file: str
    started: UtcDatetime
    acquired: UtcDatetime
    session_date: date | None = None
    exposure_s: float = Field(ge=0)
    gain: int | None = None
    offset: int | None = None
    binning: int = Field(default=1, ge=1)
    readout_mode: int | None = None
    readout_mode_name: str = ""
    rotation_deg: float | None = None
    position_angle_deg: float | None = None
    roi_percent: float = Field(default=100.0, ge=1, le=100)
    session_id: int = 0
    pier_side: PierSide = PierSide.UNKNOWN
    focuser_position: int | None = None
    focuser_temperature_c: float | None = None
    camera_temperature_c: float | None = None
    camera_set_temperature_c: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    extra: dict[str, Any] = Field(default_factory=dict)
    """What an import knew of the frame that no field holds, by its own name."""
    detector: str | None = None
    """Name, version and settings hash of what measured the stars; None while unmeasured."""
    host_detector: str = ""
    """The same for the star metrics that the host brought along; empty where it told none."""
    host_metrics: list[str] | None = None
    """Keys of the metrics that were there before anything was measured: measuring again leaves them alone. None where
    nothing was measured, or nobody noted it."""
    guide_scale_arcsec: float | None = None
    measure_error: str = ""
    status: GradingStatus = GradingStatus.PENDING
    manual: bool = False
    reject_reason: str = ""
    score: float | None = None
    band: Band | None = None


class Thumbnail(Record):
    """A small picture of one image; the empty tag is the usual one."""

    image_id: int
    tag: str = ""
    media_type: str = "image/jpeg"
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    data: bytes


class Verdict(Record):
    """One grader's judgement of one image, with everything needed to explain and replay it."""

    image_id: int
    grader: str
    version: str
    status: VerdictStatus
    score: float | None = None
    band: Band | None = None
    reason: str = ""
    inputs: dict[str, Any] = Field(default_factory=dict)
    judged_at: UtcDatetime


class StatusChange(Record):
    """One line of an image's audit trail: who changed its status, from what to what, why and when.

    ``manual`` says whether the new status stands by hand. What the image had before, its reject reason and whether that
    stood by hand, is kept so that a change can be taken back wholly. ``batch`` is the guid of the `ManualGrading` that
    the change is part of.
    """

    image_id: int
    from_status: GradingStatus | None
    to_status: GradingStatus
    by: str
    why: str = ""
    at: UtcDatetime
    manual: bool = False
    batch: str | None = None
    from_reason: str = ""
    from_manual: bool = False


class ManualGrading(Record):
    """One change of statuses by hand, of one image or of many; undone as a whole, and then ``undone_at`` is set."""

    guid: str = Field(default_factory=new_guid)
    to_status: GradingStatus
    by: str
    at: UtcDatetime
    undone_at: UtcDatetime | None = None


class CountAdjustment(Record):
    """A change of a plan's counter that no image accounts for: imported, edited, reset or purged."""

    plan_id: int
    counter: Counter
    delta: int
    why: str
    at: UtcDatetime


def kept_at_zero(guid: str) -> str:
    """Return why an adjustment was made where an image no longer counted and its plan's counter was zero already."""
    return f"kept at zero when image {guid} no longer counted"


class PurgedImage(Record):
    """What is left of an image that was removed: its guid, so that no import brings it back while its target lives.

    ``target_id`` is None where the target was gone before.
    """

    guid: str
    target_id: int | None = None
    purged_at: UtcDatetime
