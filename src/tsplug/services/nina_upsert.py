"""Stores imported rows: each is added once, and found again by its guid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from tsplug.model import Record
from tsplug.nina.database.building import built, differs, values_of
from tsplug.nina.database.fields import Row
from tsplug.nina.database.history import upgraded
from tsplug.nina.database.schema import TABLES
from tsplug.ports import Progress, SchedulerSource, Unit
from tsplug.services.nina_report import Ledger

R = TypeVar("R", bound=Record)
T = TypeVar("T")
Merge = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]

BATCH = 500
"""How many rows are held in memory at a time."""


@dataclass(frozen=True)
class Incoming:
    """A row on its way in: its id, its guids, the fields it gives, and those that only a new record takes."""

    row_id: int
    guid: str
    derived: str
    given: dict[str, Any]
    initial: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved(Generic[R]):
    """What became of rows, in their order: their records, None for what the model cannot hold; places of new ones."""

    records: list[R | None]
    new: frozenset[int]

    def by_row(self, incoming: Sequence[Incoming]) -> dict[int, R]:
        """Return the records by the ids of their rows."""
        pairs = zip(incoming, self.records, strict=True)
        return {each.row_id: record for each, record in pairs if record is not None}


@dataclass(frozen=True)
class ImportRun:
    """One import: where it reads, the unit it writes in, and what it tells."""

    source: SchedulerSource
    unit: Unit
    now: datetime
    progress: Progress
    ledger: Ledger = field(default_factory=Ledger)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table as the newest version would have them, counting them."""
        for row in self.source.rows(table):
            self.ledger.count(table, "read")
            yield upgraded(table, row, version=self.source.version)

    def batches(self, table: str) -> Iterator[list[Row]]:
        """Yield a table's rows in batches, telling how far it is."""
        total, done = self.source.count(table), 0
        for batch in batches_of(self.rows(table)):
            yield batch
            before, done = done, done + len(batch)
            if total > BATCH and done // (20 * BATCH) > before // (20 * BATCH):
                self.progress.report(f"reading {table}", done=done, total=total)

    def save(self, kind: type[R], table: str, *, incoming: Sequence[Incoming], merge: Merge | None = None) -> Saved[R]:
        """Store rows and return what became of them.

        Args:
            kind: of record.
            table: where the rows come from.
            incoming: the rows.
            merge: makes the fields of a record that is stored from it and the given ones; else the given ones win.
        """
        records: list[R | None] = []
        new: list[tuple[int, R]] = []
        for chunk in batches_of(incoming):
            stored = self._stored(kind, chunk)
            for each in chunk:
                existing = stored.get(each.guid) or stored.get(each.derived)
                record = self._made(kind, table, each=each) if existing is None else None
                if existing is not None:
                    record = self._updated(existing, table, each=each, merge=merge)
                elif record is not None:
                    new.append((len(records), record))
                records.append(record)
        for place, record in zip((place for place, _ in new), self.add_all([record for _, record in new]), strict=True):
            records[place] = record
        self.ledger.count(table, "added", number=len(new))
        return Saved(records, frozenset(place for place, _ in new))

    def add_all(self, records: Sequence[R]) -> Iterator[R]:
        """Store new records in batches and yield them with their ids."""
        for chunk in batches_of(records):
            yield from self.unit.add_many(chunk)

    def change(self, existing: R, given: Mapping[str, Any], *, table: str, row_id: int | None) -> R:
        """Write given fields over a stored record where they differ, and count what became of it."""
        record: R | None = existing
        if differs(existing, given):
            complain = self.ledger.complaint(table, row_id)
            record = built(type(existing), values_of(existing), given=given, complain=complain)
        if record is None or record == existing:
            self.ledger.count(table, "unchanged")
            return existing
        self.unit.update(record)
        self.ledger.count(table, "updated")
        return record

    def _stored(self, kind: type[R], incoming: Iterable[Incoming]) -> dict[str, R]:
        guids = {guid for each in incoming for guid in (each.guid, each.derived)}
        return {_guid(record): record for record in self.unit.list(kind, guid=sorted(guids))}

    def _made(self, kind: type[R], table: str, *, each: Incoming) -> R | None:
        given = {**each.initial, **each.given}
        return built(kind, {"guid": each.guid}, given=given, complain=self.ledger.complaint(table, each.row_id))

    def _updated(self, existing: R, table: str, *, each: Incoming, merge: Merge | None) -> R:
        given = each.given if merge is None else merge(existing, each.given)
        return self.change(existing, {**given, "guid": each.guid}, table=table, row_id=each.row_id)


def batches_of(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield items in lists of at most so many."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def check_tables(run: ImportRun) -> None:
    """Complain of tables that should be there, and of columns that nobody knows."""
    later = {
        "target": {"priority", "overrideexposureorder"},
        "acquiredimage": {"accepted"},
        "profilepreference": {
            *("enablesyncedautofocus", "autorejectlevelhfr", "autorejectlevelfwhm", "autorejectleveleccentricity"),
        },
    }
    for table in TABLES.values():
        columns = run.source.columns(table.name)
        if not columns and table.since <= run.source.version:
            run.ledger.complaint(table.name)("the table", "it is missing, so nothing of it is carried")
        known = {"id", *(column.name.lower() for column in table.columns), *later.get(table.name, ())}
        for column in columns:
            if column not in known and any(value is not None for value in run.source.distinct(table.name, column)):
                run.ledger.complaint(table.name)(f"column {column}", "this tsplug does not know it")


def _guid(record: Record) -> str:
    return str(getattr(record, "guid", ""))
