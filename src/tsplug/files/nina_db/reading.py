"""Reads a Target Scheduler database: read-only, in one transaction, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tsplug.errors import InputError
from tsplug.nina.database.codecs import decode_bytes
from tsplug.nina.database.schema import NEWEST, OLDEST, VERSION_5

WAIT_S = 5
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_NEEDED = ("project", "target", "exposureplan", "exposuretemplate", "acquiredimage")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "project": ("Id", "profileId", "name", "state"),
    "target": ("Id", "name", "ra", "dec", "projectid"),
    "exposuretemplate": ("Id", "profileId", "name", "filtername"),
    "exposureplan": ("Id", "targetid", "exposureTemplateId", "exposure", "desired", "acquired", "accepted"),
    "acquiredimage": ("Id", "projectId", "targetId", "acquireddate", "filtername", "metadata"),
    "ruleweight": ("Id", "name", "weight", "projectid"),
    "imagedata": ("Id", "imagedata", "acquiredimageid"),
    "profilepreference": ("Id", "profileId"),
    "flathistory": ("Id", "targetId"),
    "overrideexposureorderitem": ("Id", "targetid", "order", "action"),
    "filtercadenceitem": ("Id", "targetid", "order", "action"),
}
# Columns that every version has, and without which a row says nothing.
_SAYS: dict[str, str] = {
    "locked": f"is being written by another program for more than {WAIT_S} s; close N.I.N.A., or import a copy",
    "readonly": "was left in the middle of a write; start N.I.N.A. once so that it recovers, then import again",
    "unable to open": "cannot be opened; check that it may be read, and that its folder may be written",
}


@contextmanager
def opened(file: Path) -> Iterator[SchedulerFile]:
    """Open a database for reading; nothing is written to it.

    Raises:
        InputError: it is none, is damaged or locked, or of a version that is not known.
    """
    _check_header(file)
    with _said_plainly(file), closing(_connected(file)) as connection:
        connection.execute("BEGIN")
        yield SchedulerFile(file, connection)


class SchedulerFile:
    """An open database, seen in one state."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        """Check that it is one that can be read."""
        self._file = file
        self._connection = connection
        self._version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self._tables = {name.lower() for name in names}
        self._check()

    @property
    def name(self) -> str:
        """The file."""
        return str(self._file)

    @property
    def version(self) -> int:
        """The ``user_version``."""
        return self._version

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns in lower case, none where the table is missing."""
        return [row[1].lower() for row in self._connection.execute(f'PRAGMA table_info("{table}")')]

    def count(self, table: str) -> int:
        """Return how many rows a table has; a missing one has none."""
        if table not in self._tables:
            return 0
        return int(self._connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])

    def distinct(self, table: str, column: str) -> Sequence[Any]:
        """Return the values of a column, each once; none where it is missing."""
        if column.lower() not in self.columns(table):
            return []
        return [row[0] for row in self._connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}"')]

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        """Yield a table's rows by id, keyed by column names in lower case; a missing table has none.

        Raises:
            InputError: the file is damaged.
        """
        if table not in self._tables:
            return
        with _said_plainly(self._file):
            cursor = self._connection.execute(f'SELECT * FROM "{table}" ORDER BY "Id"')
            names = [column[0].lower() for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def _check(self) -> None:
        if not OLDEST <= self._version <= NEWEST:
            remedy = (
                "update tsplug" if self._version > NEWEST else "open it once with Target Scheduler 5, which upgrades it"
            )
            raise InputError(
                f"{self._file} has user_version {self._version}; Target Scheduler databases of {OLDEST} to {NEWEST}"
                f" can be read{f': {remedy}' if self._version else ', and this is none'}"
            )
        missing = [table for table in _NEEDED if table not in self._tables]
        if missing:
            raise InputError(f"{self._file} is not a whole Target Scheduler database: it has no table {missing[0]}")
        for table, columns in _COLUMNS.items():
            self._check_columns(table, columns)

    def _check_columns(self, table: str, columns: tuple[str, ...]) -> None:
        if table not in self._tables:
            return
        status = ("gradingStatus",) if self._version >= VERSION_5 else ("accepted",)
        wanted = columns + (status if table == "acquiredimage" else ())
        there = self.columns(table)
        lacking = ", ".join(column for column in wanted if column.lower() not in there)
        if lacking:
            raise InputError(
                f"{self._file} is not a whole Target Scheduler database (table {table} lacks {lacking});"
                " restore a backup: Target Scheduler keeps three beside it"
            )


def _check_header(file: Path) -> None:
    """Refuse what cannot be an SQLite database, and one whose end is missing.

    Raises:
        InputError: with what is wrong.
    """
    if file.is_dir():
        raise InputError(f"{file} is a folder; name the database in it, usually schedulerdb.sqlite")
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            header = stream.read(_HEADER)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    if not header.startswith(_MAGIC) or len(header) < _HEADER:
        raise InputError(f"{file} is {'empty' if not size else 'not an SQLite database'}; name a schedulerdb.sqlite")
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    # Only where the two counters agree does the header know the size.
    if header[24:28] == header[92:96] and size < expected:
        raise InputError(f"{file} is cut off: {size} of {expected} bytes are there; copy it again with N.I.N.A. closed")


def _connected(file: Path) -> sqlite3.Connection:
    connection = _connect(file, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        beside = [file.with_name(f"{file.name}-{end}") for end in ("wal", "journal")]
        if "unable to open" not in str(error) or any(each.exists() for each in beside):
            raise
        # In a folder that cannot be written SQLite has no place for what it keeps beside a file: nobody writes it.
        return _connect(file, "immutable=1")
    return connection


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)
    connection.text_factory = decode_bytes
    return connection


@contextmanager
def _said_plainly(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        words = next((words for symptom, words in _SAYS.items() if symptom in str(error)), None)
        damaged = f"is damaged ({error}); restore a backup: Target Scheduler keeps three beside it"
        raise InputError(f"{file} {words or damaged}") from error
