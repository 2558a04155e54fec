"""What a store tells of the frames of plans by the hundred thousand: plain rows, and digests of what is not told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tsplug.model import Band, VerdictStatus


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A verdict as it is stored, its inputs as JSON text: quick to read, compare and write by the hundred thousand.

    ``id`` is None before it is stored.
    """

    id: int | None
    image_id: int
    grader: str
    version: str
    status: VerdictStatus
    score: float | None
    band: Band | None
    reason: str
    inputs: str


@dataclass(frozen=True)
class NightOfRig:
    """Frames of a plan that a rig took in one night, and when the last was begun; no date is an unknown night."""

    profile_id: int | None
    session_date: date | None
    last_started: datetime


@dataclass(frozen=True)
class StoredFrames:
    """All that is stored of the frames of a plan and of the verdicts on them, where the files lie apart, as a digest.

    Equal digests mean that nothing differs. ``nights`` are those the frames are of, ``graders`` who judged any of them.
    """

    digest: str
    nights: frozenset[NightOfRig]
    graders: frozenset[str]
