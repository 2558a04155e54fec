"""A Target Scheduler database as services read and write it: plain rows of named tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol


class SchedulerSource(Protocol):
    """A Target Scheduler database that is only read, and seen in one state throughout."""

    @property
    def name(self) -> str:
        """Return how the database is called in messages."""
        ...

    @property
    def version(self) -> int:
        """Return its ``user_version``."""
        ...

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns in lower case, none where the table is missing."""
        ...

    def count(self, table: str) -> int:
        """Return how many rows a table has; a missing one has none."""
        ...

    def distinct(self, table: str, column: str) -> Sequence[Any]:
        """Return the values of a column, each once; none where it is missing."""
        ...

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        """Yield a table's rows by id, keyed by column names in lower case; a missing table has none.

        Raises:
            InputError: the file is damaged.
        """
        ...


class SchedulerSink(Protocol):
    """A Target Scheduler database in the making."""

    def write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Add rows, whose columns have their defaults where a row does not name them, and return how many."""
        ...
