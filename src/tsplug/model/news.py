"""What plugins hear of a night, to act upon or to show: all of it has happened, and nothing is expected in return."""

from __future__ import annotations

from tsplug.model.base import UtcDatetime, Value
from tsplug.model.events import ExposureSaved
from tsplug.model.reports import ExposureOutcome, FlatRunReport, ImageGrade


class ContainerStarted(Value):
    """A Scheduler Container begins to image with a profile, or goes on after an interruption."""

    profile_guid: str
    at: UtcDatetime


class ContainerStopped(Value):
    """A Scheduler Container has ended: nothing is left for this night, or it failed or was stopped."""

    profile_guid: str
    at: UtcDatetime
    reason: str
    failed: bool = False


class WaitStarted(Value):
    """Nothing can be imaged before ``until``; the target that is waited for is named, and why.

    J2000 hours and degrees; None where a host cannot tell them.
    """

    profile_guid: str
    at: UtcDatetime
    until: UtcDatetime
    target_name: str
    reason: str = ""
    project_name: str = ""
    target_guid: str = ""
    ra_hours: float | None = None
    dec_deg: float | None = None
    rotation_deg: float | None = None


class WaitEnded(Value):
    """A wait is over."""

    profile_guid: str
    at: UtcDatetime


class TargetStarted(Value):
    """An exposure of a target is about to be taken; ``new`` where the telescope has still to be pointed at it.

    J2000 hours and degrees; ``until`` is when the target can no longer be imaged. Camera settings of None are the
    camera's own.
    """

    profile_guid: str
    at: UtcDatetime
    new: bool
    project_name: str
    target_guid: str
    target_name: str
    ra_hours: float
    dec_deg: float
    rotation_deg: float
    filter_name: str
    exposure_s: float
    gain: int | None = None
    offset: int | None = None
    binning: int = 1
    until: UtcDatetime


class TargetCompleted(Value):
    """A target has all that its plans want; J2000 hours and degrees."""

    profile_guid: str
    at: UtcDatetime
    project_name: str
    target_guid: str
    target_name: str
    ra_hours: float
    dec_deg: float
    rotation_deg: float


class ImageSaved(Value):
    """A light is on disk and recorded; after an interruption the same one may be told again, by the same guid."""

    exposure: ExposureSaved
    outcome: ExposureOutcome


class ImageGraded(Value):
    """The status of an image of a plan has changed by grading."""

    plan_guid: str
    grade: ImageGrade


class FlatsTaken(Value):
    """A flats run has taken at least one set."""

    profile_guid: str
    report: FlatRunReport


News = (
    ContainerStarted
    | ContainerStopped
    | WaitStarted
    | WaitEnded
    | TargetStarted
    | TargetCompleted
    | ImageSaved
    | ImageGraded
    | FlatsTaken
)
"""Everything that plugins may listen to."""
