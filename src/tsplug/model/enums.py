"""The closed sets of words of the domain."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ProjectState(StrEnum):
    """The life of a project; only active ones are imaged and served with flats."""

    DRAFT = "draft"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CLOSED = "closed"


class Priority(IntEnum):
    """How urgent a project or target is; higher goes first."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class GradingStatus(StrEnum):
    """What is known of a frame: not graded yet, counts, or does not count."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class VerdictStatus(StrEnum):
    """One grader's judgement; abstaining says why and never rejects."""

    ACCEPT = "accept"
    REJECT = "reject"
    ABSTAIN = "abstain"


class Band(StrEnum):
    """The grade of a frame, A the best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Twilight(StrEnum):
    """How dark the sky must be: the Sun's altitude below -18, -12, -6 or -0.833 degrees.

    ``NIGHTTIME`` asks for astronomical night, ``ASTRONOMICAL`` admits astronomical twilight, and so on.
    """

    NIGHTTIME = "nighttime"
    ASTRONOMICAL = "astronomical"
    NAUTICAL = "nautical"
    CIVIL = "civil"


class MoonAge(StrEnum):
    """From what the Moon's age is counted: the elongation along the ecliptic, or differences of right ascension.

    ``REFERENCE`` is Target Scheduler's way; the two differ by up to half a day.
    """

    ECLIPTIC = "ecliptic"
    REFERENCE = "reference"


class GraderMode(StrEnum):
    """Which statistics the statistical grader uses."""

    ROBUST = "robust"
    TARGET_SCHEDULER = "target-scheduler"


class UngradedPolicy(StrEnum):
    """What becomes of a frame on which every grader abstains."""

    COUNT = "count"
    HOLD = "hold"


class PierSide(StrEnum):
    """The pointing state of a German equatorial mount."""

    EAST = "East"
    WEST = "West"
    UNKNOWN = "n/a"


class FlatSetState(StrEnum):
    """How far a flat set came."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FLAGGED = "flagged"
    REVOKED = "revoked"


class FlatsType(StrEnum):
    """What the frames of a flat set are: lit by a panel, lit by the twilight sky, or dark ones of a flat's exposure."""

    PANEL = "panel"
    SKY = "sky"
    DARK = "dark"


class Counter(StrEnum):
    """The two counters of an exposure plan."""

    ACQUIRED = "acquired"
    ACCEPTED = "accepted"


class Trend(StrEnum):
    """Which way a metric gets better."""

    LOWER_IS_BETTER = "lower_is_better"
    HIGHER_IS_BETTER = "higher_is_better"


class RegradeState(StrEnum):
    """How far a run over stored images came; a new run with another request gives up one that was interrupted."""

    RUNNING = "running"
    DONE = "done"
    ABANDONED = "abandoned"


class JobState(StrEnum):
    """How far a job of the image pipeline came."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ModuleState(StrEnum):
    """How far a module of the image pipeline came with a frame."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class OrderAction(StrEnum):
    """One place of a target's order of exposures."""

    EXPOSURE = "exposure"
    DITHER = "dither"
