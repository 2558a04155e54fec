"""What became of every row of an import or an export."""

from __future__ import annotations

from collections import Counter, defaultdict

from tsplug.model import Value
from tsplug.nina.database.fields import Complaint


class NotCarried(Value):
    """Something that has no place on the other side: where it stands, what it is, and why it stays behind."""

    table: str
    id: int | None
    what: str
    why: str


class TableCount(Value):
    """What became of the rows of one table."""

    table: str
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0


class ImportReport(Value):
    """What an import did: per table, and what it could not carry.

    ``profiles`` are the rigs that were made because the database names them and the store did not know them.
    """

    file: str
    version: int
    dry_run: bool
    tables: tuple[TableCount, ...]
    profiles: tuple[str, ...] = ()
    not_carried: tuple[NotCarried, ...] = ()

    @property
    def changes(self) -> int:
        """Return how many records were added or updated."""
        return sum(table.added + table.updated for table in self.tables)


class ExportReport(Value):
    """What an export wrote: rows per table, and what a Target Scheduler database has no place for."""

    file: str
    version: int
    tables: dict[str, int]
    not_carried: tuple[NotCarried, ...] = ()


class Ledger:
    """Collects what becomes of the rows while they are carried."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._not_carried: list[NotCarried] = []

    def count(self, table: str, what: str, *, number: int = 1) -> None:
        """Count rows of a table as ``read``, ``added``, ``updated`` or ``unchanged``."""
        self._counts[table][what] += number

    def regrade(self, table: str) -> None:
        """Count a row that seemed unchanged as updated."""
        self._counts[table]["updated"] += 1
        self._counts[table]["unchanged"] = max(0, self._counts[table]["unchanged"] - 1)

    def complaint(self, table: str, key: int | None = None) -> Complaint:
        """Return what takes complaints about a row."""

        def complain(what: str, why: str) -> None:
            self._not_carried.append(NotCarried(table=table, id=key, what=what, why=why))

        return complain

    @property
    def not_carried(self) -> tuple[NotCarried, ...]:
        """Return what could not be carried."""
        return tuple(self._not_carried)

    @property
    def tables(self) -> tuple[TableCount, ...]:
        """Return what became of the rows, in the order in which tables were met."""
        return tuple(TableCount(table=table, **counts) for table, counts in self._counts.items())
