"""One transaction over the tables, as services see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableSequence, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, update

from tsplug.errors import NotFoundError, StoreError
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    GradingStatus,
    Job,
    Record,
    StatusChange,
)
from tsplug.ports import (
    Changes,
    Clock,
    Dangling,
    ExposureTally,
    ImageQuery,
    JobQuery,
    Recalled,
    Spoilt,
    StoredFrames,
    VerdictRow,
)
from tsplug.store.counting import Counting, counters_of
from tsplug.store.image_search import image_conditions, image_statement
from tsplug.store.job_search import job_statement
from tsplug.store.many_statuses import swap_statuses
from tsplug.store.nights import dated
from tsplug.store.purging import remember_purged, remove_images, tally
from tsplug.store.recalling import Asked, Recalling
from tsplug.store.rows import Rows, equal_to, latest, matching, part_of, table_of
from tsplug.store.seen_changes import changes_since
from tsplug.store.stored_frames import read_stored_frames
from tsplug.store.tallies import exposure_tallies
from tsplug.store.verdict_rows import read_verdict_rows, write_verdict_rows

R = TypeVar("R", bound=Record)

_KEPT: dict[type[Record], tuple[str, ...]] = {
    ExposurePlan: ("acquired", "accepted"),
    AcquiredImage: ("status", "reject_reason", "manual"),
}
# What `update` never writes: these change together with what they count.


class SqlUnit:
    """A unit of work on one database connection, inside a transaction that `tsplug.store.database` begins and ends."""

    def __init__(self, connection: Connection, clock: Clock, *, writable: bool) -> None:
        self._connection = connection
        self._rows = Rows(connection)
        self._counting = Counting(connection)
        self._clock = clock
        self._writable = writable

    def changes(self, since: object) -> Changes:
        """Return what changed since the look that ``since`` stands for."""
        return changes_since(self._connection, since)

    def recall(self, kind: type[R], before: Recalled[R], *, changes: Changes, **equals: object) -> Recalled[R]:
        """Return what `list` would; records whose rows are as before are the same objects."""
        return Recalling(self._connection, self._rows, changes=changes).recall(Asked.of(kind, equals), before)

    def add(self, record: R) -> R:
        """Store a new record and return it with its id; an image is counted as `add_image` does.

        Raises:
            StoreError: a plan comes with counters, or a record of this guid is stored already.
        """
        self._must_write()
        if isinstance(record, AcquiredImage):
            self._counting.count(record, counters_of(record.status), delta=1, at=self._clock.now())
        if isinstance(record, ExposurePlan) and (record.acquired or record.accepted):
            raise StoreError("a new plan starts at zero; adjust_counter sets its counters, with the reason")
        (record,) = dated(self._connection, [record])
        return self._rows.insert(record)

    def add_many(self, records: Sequence[R]) -> Sequence[R]:
        """Store new records of one kind in a few statements and return them with their ids, in their order.

        Images are stored without being counted: whoever brings them brings their counts too, and calls `recount`.

        Raises:
            StoreError: a record of this guid is stored already.
        """
        self._must_write()
        return self._rows.insert_many(dated(self._connection, records))

    def update(self, record: Record) -> None:
        """Write a changed record, but neither an image's status nor a plan's counters.

        An image that moves to another plan counts there.

        Raises:
            NotFoundError: the record is no longer stored.
        """
        self._must_write()
        if isinstance(record, AcquiredImage):
            self._move_share(record)
        self._rows.update(record, keep=_KEPT.get(type(record), ()))

    def update_many(self, kind: type[Record], rows: Sequence[Mapping[str, object]]) -> None:
        """Write the same fields of many records in one statement; every row has an ``id`` and those fields, unchecked.

        Raises:
            StoreError: the fields concern what only `set_statuses`, `adjust_counter` or `update` may change.
        """
        self._must_write()
        self._refuse_kept(kind, {name for row in rows[:1] for name in row} - {"id"})
        self._rows.update_many(kind, rows)

    def delete(self, record: Record) -> None:
        """Remove a record with its thumbnails, verdicts and audit lines; counters keep what a removed image counted."""
        self._must_write()
        if isinstance(record, AcquiredImage):
            stored = self.find(AcquiredImage, id=record.id)
            if stored is not None:
                self._counting.move_to_adjustments(stored, why="purged", at=self._clock.now())
                remember_purged(self._connection, equal_to(AcquiredImage, {"id": record.id}), at=self._clock.now())
        self._rows.delete(record)

    def delete_all(self, kind: type[Record], **equals: object) -> int:
        """Remove all records that `list` would return, each as `delete` does; return how many."""
        self._must_write()
        if kind is AcquiredImage:
            self._counting.move_all_to_adjustments(equal_to(kind, equals), why="purged", at=self._clock.now())
            remember_purged(self._connection, equal_to(kind, equals), at=self._clock.now())
        return self._rows.delete_all(kind, equals)

    def set_all(self, kind: type[Record], values: Mapping[str, object], **equals: object) -> int:
        """Give fields of all records that `list` would return the same values; return how many.

        Raises:
            StoreError: the values concern what only `set_status`, `adjust_counter` or `update` may change.
        """
        self._must_write()
        self._refuse_kept(kind, set(values))
        return self._rows.set_all(kind, values, equals=equals)

    def sift(
        self,
        kind: type[R],
        spoilt: MutableSequence[Spoilt],
        *,
        after: int = 0,
        limit: int | None = None,
        **equals: object,
    ) -> Sequence[R]:
        """Return the records that `list` would return, but put those that are no valid records into ``spoilt``."""
        return self._rows.sift(kind, part_of(matching(kind, equals), kind, after=after, limit=limit), spoilt=spoilt)

    def highest_id(self, kind: type[Record]) -> int:
        """Return the highest id that a record of a kind ever had, deleted ones too; 0 where there was none."""
        return self._rows.highest_id(kind)

    def count(self, kind: type[Record], **equals: object) -> int:
        """Return how many records `list` would return."""
        return self._rows.count(kind, equals)

    def get(self, kind: type[R], key: int) -> R:
        """Return the record of a kind with an id.

        Raises:
            NotFoundError: there is none.
        """
        return self._rows.fetch(kind, key)

    def find(self, kind: type[R], **equals: object) -> R | None:
        """Return the first record (by id) whose fields equal the values, or None."""
        return self._rows.first(kind, equals)

    def last(self, kind: type[R], **equals: object) -> R | None:
        """Return the last record (by id) whose fields equal the values, or None."""
        found = self._rows.select(kind, latest(kind, equals))
        return found[0] if found else None

    def images(self, query: ImageQuery) -> Sequence[AcquiredImage]:
        """Return the images that a query describes, by start of exposure, then id."""
        return self._rows.select(AcquiredImage, image_statement(query, by_rule=self._by_rule))

    def tally(self, query: ImageQuery, *, by: str) -> Mapping[int | None, int]:
        """Return how many images a query describes for each value of one of their references, as ``plan_id``."""
        return {key: number for (key,), number in self.tally_alike(query, by=[by]).items()}

    def tally_alike(self, query: ImageQuery, *, by: Sequence[str]) -> Mapping[tuple[Any, ...], int]:
        """Return how many images a query describes have which values in some of their fields."""
        return tally(self._connection, image_conditions(query, by_rule=self._by_rule), by=by)

    def jobs(self, query: JobQuery) -> Sequence[Job]:
        """Return the jobs that a query describes, in its order."""
        return self._rows.select(Job, job_statement(query))

    def exposure_tallies(self, query: ImageQuery) -> Sequence[ExposureTally]:
        """Return how many exposures of each kind a query describes, by the start of each kind's first."""
        return exposure_tallies(self._connection, image_conditions(query, by_rule=self._by_rule))

    def purge(self, query: ImageQuery) -> int:
        """Remove all images that a query describes, each as `delete` does, with their jobs; return how many."""
        self._must_write()
        where, now = image_conditions(query, by_rule=self._by_rule), self._clock.now()
        self._counting.move_all_to_adjustments(where, why="purged", at=now)
        remember_purged(self._connection, where, at=now)
        return remove_images(self._connection, where)

    @property
    def _by_rule(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def set_status(
        self, image: AcquiredImage, change: StatusChange, *, reason: str | None = None
    ) -> AcquiredImage | None:
        """Change an image's status if it still is ``change.from_status``; counters and audit trail change with it.

        ``reason`` is the reject reason where it is not the change's own ``why``.

        Returns:
            The image as it is now, or None when the stored status was another.

        Raises:
            NotFoundError: the image is no longer stored.
        """
        self._must_write()
        if image.id is None:
            raise NotFoundError(f"image {image.guid} is not stored")
        before = self.get(AcquiredImage, image.id)
        if change.from_status is change.to_status:
            return before if before.status is change.to_status else None
        if not self._swap_status(image.id, change, reason=change.why if reason is None else reason):
            return None
        stored = self.get(AcquiredImage, image.id)
        old = counters_of(change.from_status) if change.from_status else ()
        new = counters_of(change.to_status)
        self._counting.count(stored, set(old) - set(new), delta=-1, at=change.at)
        self._counting.count(stored, set(new) - set(old), delta=1, at=change.at)
        was = {"image_id": image.id, "from_reason": before.reject_reason, "from_manual": before.manual}
        self.add(change.model_copy(update=was))
        return stored

    def set_statuses(self, changes: Sequence[StatusChange], *, over_manual: bool = False) -> Sequence[int]:
        """Make many changes of status as `set_status` makes one, in a few statements; return the ids of the images."""
        self._must_write()
        return swap_statuses(self._connection, changes, over_manual=over_manual)

    def stored_among(self, kind: type[Record], ids: Collection[int]) -> Collection[int]:
        """Return those of the ids that records of a kind have; in a writing unit they stay until it ends."""
        return self._rows.stored_among(kind, ids, stay=self._writable)

    def verdict_rows(self, plan_ids: Sequence[int]) -> Sequence[VerdictRow]:
        """Return what is stored of all verdicts on the images of plans, by id."""
        return read_verdict_rows(self._connection, plan_ids)

    def write_verdict_rows(self, rows: Sequence[VerdictRow], *, at: datetime) -> None:
        """Store verdicts that were made at a moment: new ones, and those with an id in place of what is stored."""
        self._must_write()
        write_verdict_rows(self._connection, rows, at=at)

    def stored_frames(self, plan_ids: Sequence[int]) -> Mapping[int, StoredFrames]:
        """Return what is stored of the frames of each of the plans, so that it is known again without being read."""
        return read_stored_frames(self._connection, plan_ids)

    def add_image(self, image: AcquiredImage) -> AcquiredImage:
        """Store a new image; the plan's acquired counter (and accepted, where the image is) changes with it."""
        return self.add(image)

    def adjust_counter(self, plan_id: int, counter: Counter, *, delta: int, why: str, at: datetime) -> None:
        """Change a plan's counter apart from any image, never below zero, with the adjustment that accounts for it.

        Raises:
            NotFoundError: there is no such plan.
        """
        self._must_write()
        change = CountAdjustment(plan_id=plan_id, counter=counter, delta=delta, why=why, at=at)
        self._counting.adjust(change)

    def recount(self, plan_id: int) -> None:
        """Set a plan's counters to what its images and adjustments come to."""
        self._must_write()
        self._counting.recount(plan_id)

    def dangling(self) -> Sequence[Dangling]:
        """Return every reference to a record that is not there, weak ones (of images and flat history) apart."""
        return self._rows.dangling()

    # Last, because its name hides the built-in for every annotation after it.
    def list(self, kind: type[R], **equals: object) -> list[R]:
        """Return all records whose fields equal the values, by id; a sequence as value means any of its members."""
        return self._rows.select(kind, matching(kind, equals))

    def _refuse_kept(self, kind: type[Record], names: set[str]) -> None:
        counted = {*_KEPT.get(kind, ()), "id", *(["plan_id"] if kind is AcquiredImage else [])}
        if refused := sorted(counted & names):
            raise StoreError(f"{', '.join(refused)} of {kind.__name__} cannot be set for many at once")

    def _must_write(self) -> None:
        if not self._writable:
            raise StoreError("this unit only reads; changes need store.write()")

    def _swap_status(self, image_id: int, change: StatusChange, *, reason: str) -> bool:
        """Set the status if it is the expected one; return whether it was."""
        table = table_of(AcquiredImage)
        kept = reason if change.to_status is GradingStatus.REJECTED else ""
        statement = (
            update(table)
            .where(table.c.id == image_id, table.c.status == change.from_status)
            .values(status=change.to_status, reject_reason=kept, manual=change.manual)
        )
        return self._connection.execute(statement).rowcount == 1

    def _move_share(self, image: AcquiredImage) -> None:
        """Move an image's share from the plan it counted for to the one it names now."""
        stored = self.find(AcquiredImage, id=image.id)
        if stored is None or stored.plan_id == image.plan_id:
            return
        counters, at = counters_of(stored.status), self._clock.now()
        self._counting.count(stored, counters, delta=-1, at=at)
        self._counting.count(image, counters, delta=1, at=at)
