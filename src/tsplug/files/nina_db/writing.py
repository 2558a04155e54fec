"""Writes a Target Scheduler database: beside its place first, and under its name when it is whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tsplug.errors import InputError
from tsplug.files.parts import part_beside
from tsplug.files.placing import check_place
from tsplug.nina.database.schema import TABLES, WRITTEN


@contextmanager
def created(file: Path, *, force: bool = False) -> Iterator[NewSchedulerFile]:
    """Make a database; on leaving it appears under its name, on an exception nothing stays.

    Raises:
        InputError: the file is there and not to be replaced, in use, or cannot be written.
    """
    _check_place(file, force=force)
    part = part_beside(file)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for table in TABLES.values():
                connection.execute(table.sql())
            connection.execute(f"PRAGMA user_version = {WRITTEN}")
            yield NewSchedulerFile(connection)
            connection.execute("COMMIT")
        _put_in_place(part, file, force=force)
    except (sqlite3.Error, OSError) as error:
        raise InputError(f"{file} cannot be written: {error}; nothing was changed") from error
    finally:
        part.unlink(missing_ok=True)


class NewSchedulerFile:
    """A database in the making."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection, inside its one transaction."""
        self._connection = connection

    def write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Add rows, whose columns have their defaults where a row does not name them, and return how many."""
        columns = TABLES[table].columns
        names = ", ".join(f'"{name}"' for name in ("Id", *(column.name for column in columns)))
        marks = ", ".join("?" * (len(columns) + 1))
        values = ([row.get("Id"), *(row.get(each.name, each.default) for each in columns)] for row in rows)
        cursor = self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
        return max(0, cursor.rowcount)


def _check_place(file: Path, *, force: bool) -> None:
    check_place(file, force=force)
    for end in ("wal", "journal"):
        if file.with_name(f"{file.name}-{end}").exists():
            raise InputError(
                f"{file} is in use or was not closed ({file.name}-{end} lies beside it); close N.I.N.A. first"
            )


def _put_in_place(part: Path, file: Path, *, force: bool) -> None:
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    _check_place(file, force=force)
    part.replace(file)
