"""The store as services use it: units of work over typed records.

A `Unit` is one transaction: what happens in it happens wholly or not at all. Reading units see one consistent state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableSequence, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tsplug.model import (
    AcquiredImage,
    Counter,
    GradingStatus,
    Job,
    Record,
    StatusChange,
    Value,
)
from tsplug.ports.jobs import JobQuery
from tsplug.ports.stored_frames import StoredFrames, VerdictRow

R = TypeVar("R", bound=Record)


class CameraSetting(Value):
    """How a camera was set for a frame; frames whose host told nothing are alike in that."""

    binning: int
    gain: int | None
    offset: int | None


class ImageQuery(Value):
    """Which images to list; None leaves a field open. ``started_from`` is inclusive, ``started_before`` exclusive.

    ``project_name`` and ``target_name`` find what is gone or was never stored by the names that records keep;
    ``without_plan`` chooses images that were recorded for none, or whose plan is gone. ``measured_by`` chooses images
    that a detector measured, some values of the host among its own or not; ``setting`` those of one camera setting;
    ``unrejected`` those that no grader rejected; ``at_least`` those of which a metric has a value or more.
    ``changed_since`` chooses images that were recorded, or whose status changed, at a moment or later. ``newest_first``
    orders by start of exposure, then by id. ``sort`` puts another field of the record, or a metric, before these, in
    the same direction; images without it come last. ``after`` goes on behind an image, by its start and id.
    """

    profile_id: int | None = None
    project_id: int | None = None
    target_id: int | None = None
    plan_id: int | None = None
    project_name: str | None = None
    target_name: str | None = None
    filter_name: str | None = None
    status: GradingStatus | None = None
    unmeasured: bool = False
    without_plan: bool = False
    measured_by: str | None = None
    setting: CameraSetting | None = None
    unrejected: bool = False
    at_least: tuple[str, float] | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    changed_since: datetime | None = None
    newest_first: bool = True
    sort: str = ""
    after: tuple[datetime, int] | None = None
    limit: int | None = None


@dataclass(frozen=True)
class ExposureTally:
    """How many exposures share target, filter, night (None where that is not known), status and seconds; the first."""

    target_id: int | None
    filter_name: str
    night: date | None
    status: GradingStatus
    exposure_s: float
    count: int
    first: datetime


@dataclass(frozen=True)
class Ids:
    """The ids of all records of a kind whose fields equal values; stands for them as a value in a unit's conditions."""

    kind: type[Record]
    equals: Mapping[str, object]


def ids_of(kind: type[Record], **equals: object) -> Ids:
    """Return what stands for the ids of all records of a kind whose fields equal the values, however many they are."""
    return Ids(kind, equals)


@dataclass(frozen=True)
class Dangling:
    """A record whose reference leads nowhere: the record, the field that refers, and what it refers to."""

    kind: type[Record]
    id: int
    field: str
    refers_to: str
    value: int


@dataclass(frozen=True)
class Spoilt:
    """A stored record that is none: the field that holds what it may not, what that is, and what is wrong with it."""

    kind: type[Record]
    id: int
    field: str
    value: object
    wrong: str


@dataclass(frozen=True)
class Changes:
    """What changed in the store between an earlier look at it and this one.

    Attributes:
        at: stands for this look; a later one is told what changed since by it. None where it cannot be.
        rows: the ids of the rows of a kind that have other values now; None where some came or went. Of a kind that
            is not there nothing is known: anything may have changed.
    """

    at: object = None
    rows: Mapping[type[Record], Collection[int] | None] = field(default_factory=dict)

    @property
    def none(self) -> bool:
        """Return whether it is known that nothing changed of what is watched: all that a decision depends on."""
        return bool(self.rows) and all(ids is not None and not ids for ids in self.rows.values())


@dataclass(frozen=True)
class Recalled(Generic[R]):
    """What was found at a look at the store: rows as the database gives them, and the records that were made of them.

    Whoever keeps it to look again must leave the records as they are. ``question`` tells what was asked for.
    """

    rows: tuple[tuple[Any, ...], ...] = ()
    records: tuple[R, ...] = ()
    question: object = None


class Unit(Protocol):
    """One transaction over the store."""

    def changes(self, since: object) -> Changes:
        """Return what changed since the look that ``since`` stands for; asked for before anything is read.

        It is safe to ask with what another store gave, or nobody: then anything may have changed.
        """
        ...

    def recall(self, kind: type[R], before: Recalled[R], *, changes: Changes, **equals: object) -> Recalled[R]:
        """Return what `list` would; records whose rows are as before are the same objects, and cost next to nothing.

        Where nothing changed, it is ``before`` itself. ``changes`` are those since ``before`` was found.
        """
        ...

    def add(self, record: R) -> R:
        """Store a new record and return it with its id."""
        ...

    def add_many(self, records: Sequence[R]) -> Sequence[R]:
        """Store new records of one kind in a few statements and return them with their ids, in their order.

        Images are stored without being counted: whoever brings them brings their counts too, and calls `recount`.

        Raises:
            StoreError: a record of one of the guids is stored already.
        """
        ...

    def update(self, record: Record) -> None:
        """Write a changed record.

        An image's status and a plan's counters are *not* written: `set_status` and `adjust_counter` change those.

        Raises:
            NotFoundError: the record is no longer stored.
        """
        ...

    def update_many(self, kind: type[Record], rows: Sequence[Mapping[str, object]]) -> None:
        """Write the same fields of many records in one statement; every row has an ``id`` and those fields, unchecked.

        What `update` keeps cannot be written so, nor the plan that an image counts for.
        """
        ...

    def delete(self, record: Record) -> None:
        """Remove a record; what hangs on it is the caller's business.

        An image leaves its share of its plan's counters as adjustments ("purged"), and its guid as a `PurgedImage`.
        """
        ...

    def get(self, kind: type[R], key: int) -> R:
        """Return the record of a kind with an id.

        Raises:
            NotFoundError: there is none.
        """
        ...

    def find(self, kind: type[R], **equals: object) -> R | None:
        """Return the first record (by id) whose fields equal the values, or None."""
        ...

    def last(self, kind: type[R], **equals: object) -> R | None:
        """Return the last record (by id) whose fields equal the values, or None."""
        ...

    def list(self, kind: type[R], **equals: object) -> list[R]:
        """Return all records whose fields equal the values, by id.

        None means what is not set, a sequence any of its members, and `ids_of` records any of their ids.
        """
        ...

    def sift(
        self,
        kind: type[R],
        spoilt: MutableSequence[Spoilt],
        *,
        after: int = 0,
        limit: int | None = None,
        **equals: object,
    ) -> Sequence[R]:
        """Return the records that `list` would return, but put those that are no valid records into ``spoilt``.

        Only ids beyond ``after`` count, and together no more than ``limit``, so that a table can be read in parts.
        """
        ...

    def highest_id(self, kind: type[Record]) -> int:
        """Return the highest id that a record of a kind ever had, deleted ones too; 0 where there was none."""
        ...

    def count(self, kind: type[Record], **equals: object) -> int:
        """Return how many records `list` would return."""
        ...

    def delete_all(self, kind: type[Record], **equals: object) -> int:
        """Remove all records that `list` would return, each as `delete` does; return how many."""
        ...

    def set_all(self, kind: type[Record], values: Mapping[str, object], **equals: object) -> int:
        """Give fields of all records that `list` would return the same values, unchecked; return how many.

        Neither what `update` keeps can be set so, nor the plan that an image counts for.
        """
        ...

    def images(self, query: ImageQuery) -> Sequence[AcquiredImage]:
        """Return the images that a query describes."""
        ...

    def tally(self, query: ImageQuery, *, by: str) -> Mapping[int | None, int]:
        """Return how many images a query describes for each value of one of their references, as ``plan_id``."""
        ...

    def tally_alike(self, query: ImageQuery, *, by: Sequence[str]) -> Mapping[tuple[object, ...], int]:
        """Return how many images a query describes have which values in some of their fields."""
        ...

    def jobs(self, query: JobQuery) -> Sequence[Job]:
        """Return the jobs that a query describes, in its order."""
        ...

    def exposure_tallies(self, query: ImageQuery) -> Sequence[ExposureTally]:
        """Return how many exposures of each kind a query describes, by the start of each kind's first."""
        ...

    def purge(self, query: ImageQuery) -> int:
        """Remove all images that a query describes, each as `delete` does, with their jobs; return how many."""
        ...

    def set_status(
        self, image: AcquiredImage, change: StatusChange, *, reason: str | None = None
    ) -> AcquiredImage | None:
        """Change an image's status if it still is ``change.from_status``; counters and audit trail change with it.

        Writes status, reject reason (``reason``, or ``change.why`` without one; empty unless rejected), whether the
        status stands by hand, the plan's accepted counter (never below zero) and the audit line with what was before.
        Returns the image as it is now, or None when the stored status was another.
        """
        ...

    def set_statuses(self, changes: Sequence[StatusChange], *, over_manual: bool = False) -> Sequence[int]:
        """Make many changes of status as `set_status` makes one, in a few statements; return the ids of the images.

        A change whose image has another status by now is not made, nor without ``over_manual`` one whose image's status
        stands by hand. A change from a status to itself writes its reason and its line.
        """
        ...

    def stored_among(self, kind: type[Record], ids: Collection[int]) -> Collection[int]:
        """Return those of the ids that records of a kind have; in a writing unit they stay until it ends."""
        ...

    def verdict_rows(self, plan_ids: Sequence[int]) -> Sequence[VerdictRow]:
        """Return what is stored of all verdicts on the images of plans, by id.

        Raises:
            StoreError: a verdict has a status or a band that there is not.
        """
        ...

    def write_verdict_rows(self, rows: Sequence[VerdictRow], *, at: datetime) -> None:
        """Store verdicts that were made at a moment: new ones, and those with an id in place of what is stored."""
        ...

    def stored_frames(self, plan_ids: Sequence[int]) -> Mapping[int, StoredFrames]:
        """Return what is stored of the frames of each of the plans, so that it is known again without being read."""
        ...

    def add_image(self, image: AcquiredImage) -> AcquiredImage:
        """Store a new image; the plan's acquired counter (and accepted, where the image is) changes with it."""
        ...

    def adjust_counter(self, plan_id: int, counter: Counter, *, delta: int, why: str, at: datetime) -> None:
        """Change a plan's counter apart from any image, with the adjustment that accounts for it."""
        ...

    def recount(self, plan_id: int) -> None:
        """Set a plan's counters to what its images and adjustments come to."""
        ...

    def dangling(self) -> Sequence[Dangling]:
        """Return every reference to a record that is not there, weak ones (of images and flat history) apart."""
        ...


class Store(Protocol):
    """Where everything that is true is kept."""

    def read(self) -> AbstractContextManager[Unit]:
        """Open a unit that only reads."""
        ...

    def write(self) -> AbstractContextManager[Unit]:
        """Open a unit that commits on leaving, and changes nothing if an exception leaves it."""
        ...

    def keep_copy(self, label: str) -> Path | None:
        """Keep a copy of everything under a label, and return where; None where the server's owner sees to copies.

        Raises:
            StoreUnavailableError: it cannot be made, or what is stored is damaged.
        """
        ...

    def close(self) -> None:
        """Release the database."""
        ...
