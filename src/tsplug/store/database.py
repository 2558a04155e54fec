"""The store on a database: transactions, and what the database says in words for the user."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import NullPool, StaticPool

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.ports import Clock, Unit
from tsplug.store.backups import newest_backup
from tsplug.store.unit import SqlUnit

BUSY_TIMEOUT_S = 5
_WRITES = "tsplug_writes"
_MIGRATES = "tsplug_migrates"


class SqlStore:
    """A store on one database; each unit is one transaction on a connection of its own.

    Units do not nest: a thread that has one open cannot open another, which would not see the changes of the first.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._open = threading.local()
        # The one connection of a store in memory serves one thread at a time.
        self._turn = threading.Lock() if isinstance(engine.pool, StaticPool) else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Open a unit that only reads, and sees one state throughout."""
        with self._unit(writable=False) as unit:
            yield unit

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """Open a unit that commits on leaving, and changes nothing if an exception leaves it.

        Raises:
            StoreUnavailableError: another program keeps the database locked, it cannot be written, or the disk is full.
        """
        with self._unit(writable=True) as unit:
            yield unit

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    @contextmanager
    def _unit(self, *, writable: bool) -> Iterator[Unit]:
        if getattr(self._open, "unit", False):
            raise StoreError("this thread has a unit of work open already; leave it before opening another")
        self._open.unit = True
        try:
            with self._turn, transaction(self._engine, writable=writable) as connection:
                yield SqlUnit(connection, self._clock, writable=writable)
        finally:
            self._open.unit = False


@contextmanager
def transaction(engine: Engine, *, writable: bool, migrating: bool = False) -> Iterator[Connection]:
    """Open one transaction: committed on leaving if it may write, undone otherwise and on any exception.

    ``migrating`` leaves references unchecked on SQLite, which otherwise deletes what refers to a table made anew.

    Raises:
        StoreError: the database refused a change, or is unavailable.
    """
    with said_plainly(engine.url), engine.connect() as plain:
        options = {_WRITES: writable, _MIGRATES: migrating}
        if not writable and engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"  # type: ignore[assignment]
        connection = plain.execution_options(**options)
        with connection.begin() as running:
            yield connection
            if not writable:
                running.rollback()


@contextmanager
def said_plainly(url: URL) -> Iterator[None]:
    """Turn what a database driver raises into an error with one clear line.

    Raises:
        StoreUnavailableError: the database cannot be opened, read or written.
        StoreError: a change contradicts what is stored.
    """
    try:
        yield
    except IntegrityError as error:
        raise StoreError(f"the store {shown(url)} refused a change: {_reason(error)}; nothing was changed") from error
    except DatabaseError as error:
        raise StoreUnavailableError(f"the store {shown(url)} {_explained(_reason(error), url)}") from error


def engine_for(url: URL, *, immutable: bool = False) -> Engine:
    """Return an engine for a database URL; nothing is opened or written yet.

    ``immutable`` reads an SQLite file that nobody can write, without the files that SQLite makes beside it.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    in_memory = is_in_memory(url)
    # A connection for each unit: a millisecond more than keeping one, but then the file is whole between units.
    engine = create_engine(
        url,
        poolclass=StaticPool if in_memory else NullPool,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": not in_memory},
        **({"creator": partial(_connect_immutable, Path(str(url.database)))} if immutable else {}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def parse_url(text: str) -> URL:
    """Return the database URL of a text: a URL, or the path of an SQLite file."""
    if "://" in text:
        return make_url(text)
    return URL.create("sqlite", database=text)


def is_in_memory(url: URL) -> bool:
    """Return whether an SQLite URL names no file."""
    return url.database in (None, "", ":memory:")


def shown(url: URL) -> str:
    """Return how a store is called in messages: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.render_as_string(hide_password=True)


def _connect_immutable(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)


def _prepare_sqlite(connection: object, _record: object) -> None:
    # The driver would leave reads and schema changes out of transactions; ours begin in _begin_sqlite.
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get(_WRITES, True)
    if options.get(_MIGRATES, False):
        # SQLite hears this outside a transaction only; the connection is not used again.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig and str(error.orig).strip() else str(error)


def _explained(reason: str, url: URL) -> str:
    if "malformed" in reason:
        return f"is damaged; {_way_out(url)}"
    for symptom, words in _SYMPTOMS.items():
        if symptom in reason:
            return words
    return f"cannot be used: {reason}"


def _way_out(url: URL) -> str:
    """Return what to do about a damaged store: name its newest backup, if it has one."""
    if url.get_backend_name() == "sqlite" and (newest := newest_backup(Path(str(url.database)))) is not None:
        return f"restore it from {newest}"
    return "there is no backup beside it: put back a copy of your own, or begin a new store"


_SYMPTOMS = {
    "locked": f"is locked by another program for more than {BUSY_TIMEOUT_S} s; close it or try again",
    "readonly": "is read-only; make the file and its folder writable",
    "unable to open": "cannot be opened; check that its folder exists and may be written",
    "not a database": "is not an SQLite database; name another file",
    "full": "cannot be written because the disk is full; free some space",
}
