"""What tsplug answers a host: records made, grades given, flats taken."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from tsplug.model.base import UtcDatetime, Value
from tsplug.model.enums import Band, FlatsType, GradingStatus, VerdictStatus
from tsplug.model.flats import FlatSpec


class ExposureOutcome(Value):
    """What became of a saved exposure: its record, whether it was known already, and the plan's counters.

    ``image_id`` is 0 where the record was purged.
    """

    guid: str
    image_id: int
    already_recorded: bool
    status: GradingStatus
    acquired: int
    accepted: int
    grading_wanted: bool
    message: str = ""


class GraderVerdict(Value):
    """One grader's judgement of one image, as a grader returns it.

    ``inputs`` holds whatever explains the verdict: metric values, population, centre, spread, bounds (JSON types).
    """

    image_guid: str
    grader: str
    version: str
    status: VerdictStatus
    reason: str = ""
    score: float | None = None
    band: Band | None = None
    inputs: dict[str, object] = Field(default_factory=dict)


class ImageGrade(Value):
    """The status an image ended with, and the verdicts it follows from."""

    image_guid: str
    status: GradingStatus
    reason: str = ""
    changed: bool = False


class PlanGrades(Value):
    """The answer to a request to grade a plan.

    A grader fills ``verdicts`` (or says in ``waiting`` why it does not grade yet); tsplug records and combines them,
    and fills ``grades`` and the plan's counters. ``warnings`` tell what went wrong beside grading: files that stay.
    """

    plan_guid: str
    verdicts: tuple[GraderVerdict, ...] = ()
    waiting: str = ""
    grades: tuple[ImageGrade, ...] = ()
    acquired: int = 0
    accepted: int = 0
    warnings: tuple[str, ...] = ()


class SessionDue(Value):
    """Whether a light session's flats are due, why, and when they will be.

    From the noon of ``expires_on`` on the session is too old for the window and gets none; ``expired`` says it is.
    """

    project_name: str
    target_name: str
    session_date: date
    session_id: int
    spec: FlatSpec
    rule: str
    due: bool
    reason: str
    due_on: date | None
    expires_on: date | None = None
    expired: bool = False


class FlatSetReport(Value):
    """What happened to one planned flat set, and the light sessions it serves."""

    flats_type: FlatsType = FlatsType.PANEL
    spec: FlatSpec
    sessions: tuple[str, ...]
    wanted: int
    on_disk: int
    brightness: int | None = None
    exposure_s: float | None = None
    adu_median: float | None = None
    reason: str = ""


class FlatRunReport(Value):
    """What a flats instruction did: sets taken, skipped and failed, and the state it left the panel in.

    ``planned`` is what a dry run would take; ``left`` the sets for which no time was left, for the next run.
    ``estimate_s`` is how long the plan was expected to take, in seconds. ``dry_run`` says that nothing was to move.
    ``profile_name`` is the rig, where a host keeps the reports of several.
    """

    profile_name: str = ""
    dry_run: bool = False
    planned: tuple[FlatSetReport, ...] = ()
    taken: tuple[FlatSetReport, ...] = ()
    skipped: tuple[FlatSetReport, ...] = ()
    failed: tuple[FlatSetReport, ...] = ()
    left: tuple[FlatSetReport, ...] = ()
    estimate_s: float | None = None
    panel_off: bool = True
    message: str = ""
    finished: UtcDatetime | None = None


class WorkLeft(Value):
    """Whether anything is left to image, and why, in a few words."""

    left: bool
    reason: str


class FlatNeeds(Value):
    """What flats are due and what can be done about it: sets needed, sets this equipment can take, and why not more.

    ``frames`` counts the flats of this night that are on disk, so that whoever repeats a run sees whether it gained
    anything.
    """

    needed: int
    possible: int
    impossible: tuple[str, ...] = ()
    frames: int = 0


class TrainingResult(Value):
    """What the search for a filter's panel setting found, or why it found none; ``frames`` were looked at."""

    filter_name: str
    gain: int | None
    offset: int | None
    binning: int
    readout_mode: int | None
    found: bool
    brightness: int | None = None
    exposure_s: float | None = None
    adu_median: float | None = None
    frames: int = 0
    reason: str = ""


class TrainingReport(Value):
    """What the flat wizard did, filter by filter, and the state it left the panel in."""

    results: tuple[TrainingResult, ...] = ()
    panel_off: bool = True
    message: str = ""
    finished: UtcDatetime | None = None
