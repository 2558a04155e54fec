"""From a database URL to an engine: drivers, pools, and what every connection is told when it opens and begins."""

from __future__ import annotations

import os
import re
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import QueuePool, StaticPool

from tsplug.errors import InputError, StoreUnavailableError
from tsplug.model.json_text import decoded, encoded

LOCK_TIMEOUT_S = 30
"""How long a unit waits for another program to finish its own."""

WRITES = "tsplug_writes"
"""The execution option that says whether a transaction may write."""

ACCEPTED = "give sqlite:///FILE, a path, or postgresql://USER@HOST/DATABASE"
"""What names a store, as messages tell it."""

MIGRATES = "tsplug_migrates"
"""The execution option of a transaction that changes the schema."""

WRITING = "tsplug.writes"
"""The setting of a transaction on PostgreSQL that is a writing unit's, which no other writes beside."""

# What the driver is told unless the URL says it. A server that vanishes without a word is given up in half a minute:
# by itself Linux sends an unanswered packet again for a quarter of an hour.
_PATIENCE = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_WRITER_LOCK = 0x7473706C7567  # any number does, as long as every tsplug takes the same: "tsplug" in ASCII
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_MADE_FOR = "tsplug_made_for"
_PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    # A commit that moves the journal into the database waits for the disk again and again: with the usual 1000 pages
    # that is one exposure in fifty.
    "wal_autocheckpoint = 4000",
    # In KiB: the ends of a dozen indexes of a large store, which every exposure writes to.
    "cache_size = -16000",
)
_JSON: dict[str, Any] = {"json_serializer": encoded, "json_deserializer": decoded}


def parse_url(text: str) -> URL:
    """Return the database URL of a text: a URL, or the path of an SQLite file.

    Raises:
        InputError: the text has ``://`` but is no URL.
    """
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Neither the cause nor its words: they may hold a piece of the password.
        raise InputError(
            f"the store URL {without_password(text)!r} is no URL: check its host, port and signs like @ in the"
            f" password (%40); {ACCEPTED}"
        ) from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def without_password(text: str) -> str:
    """Return a text that should be a database URL as it may be shown, whatever is wrong with it."""
    text = re.sub(r"(password=)[^&]*", r"\1***", text)
    return re.sub(r"(://[^:@/]*:).*@", r"\1***@", text, flags=re.DOTALL)


def is_in_memory(url: URL) -> bool:
    """Return whether a URL names an SQLite database without a file."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def shown(url: URL) -> str:
    """Return how a store is called in messages: its file, or its URL without driver and password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return without_password(url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True))


def engine_for(url: URL, *, immutable: bool = False) -> Engine:
    """Return an engine for a database URL; nothing is opened or written yet.

    ``immutable`` reads an SQLite file that nobody can write, without the files that SQLite makes beside it.

    Raises:
        InputError: it is another kind of database, or the driver of a PostgreSQL store is not installed.
        sqlalchemy.exc.NoSuchModuleError: there is no such driver.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, immutable=immutable)
    if url.get_backend_name() == "postgresql":
        return _postgresql_engine(url)
    raise InputError(f"tsplug keeps stores in SQLite or PostgreSQL, and {shown(url)} is of another kind; {ACCEPTED}")


def _sqlite_engine(url: URL, *, immutable: bool) -> Engine:
    in_memory = is_in_memory(url)
    # Connections are kept between units, one for each unit that is open at once, and serve any thread in turn.
    # The last one that was used comes first: it remembers what it read.
    kept: dict[str, Any] = {"poolclass": QueuePool, "max_overflow": -1, "pool_use_lifo": True}
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else kept
    engine = create_engine(
        url,
        connect_args={"timeout": LOCK_TIMEOUT_S, "check_same_thread": False},
        **_JSON,
        **pool,
        **({"creator": partial(_connect_immutable, Path(str(url.database)))} if immutable else {}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    if not in_memory and "uri" not in url.query:
        guard = _FileGuard(Path(str(url.database)))
        event.listen(engine, "connect", guard.remember)
        event.listen(engine, "checkout", guard.check)
    return engine


def _connect_immutable(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would leave reads and schema changes out of transactions; ours begin in _begin_sqlite.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(MIGRATES, False):
        # SQLite hears this outside a transaction only.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES, True) else "BEGIN")


class _FileGuard:
    """Lets go of a kept connection that would write to a file that is no longer the store, or in a forked process."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def remember(self, _connection: object, record: Any) -> None:
        """Note which file a new connection has opened, and in which process."""
        record.info[_MADE_FOR] = self._identity()

    def check(self, _connection: object, record: Any, *_proxy: object) -> None:
        """Hold a kept connection against the file that lies there now.

        Raises:
            DisconnectionError: another file does, or another process opened it; the pool connects anew.
            StoreUnavailableError: the file is gone.
        """
        found = self._identity()
        if found is None:
            raise StoreUnavailableError(f"the store {self._file} was removed while it was open; put it back")
        if record.info.get(_MADE_FOR) != found:
            raise DisconnectionError(f"{self._file} was opened elsewhere or replaced")

    def _identity(self) -> tuple[int, ...] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return os.getpid(), found.st_dev, found.st_ino


def _postgresql_engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_use_lifo=True,
            **_JSON,
            connect_args={name: value for name, value in _PATIENCE.items() if name not in url.query},
        )
    except ImportError as error:
        raise InputError(
            f"the store {shown(url)} needs a driver that is not installed: pip install 'tsplug[postgres]'"
        ) from error
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # A rig that loses its network in the middle of a unit must not keep the others waiting for hours.
    with connection.cursor() as cursor:
        for setting in ("idle_in_transaction_session_timeout = '5min'", "tcp_keepalives_idle = 60", "timezone = 'UTC'"):
            cursor.execute(f"SET {setting}")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    """Let one unit write at a time, as SQLite does: what it read stays true until it commits."""
    if connection.get_execution_options().get(WRITES, True):
        connection.exec_driver_sql(
            f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT_S}s', true), pg_advisory_xact_lock({_WRITER_LOCK}),"
            f" set_config('{WRITING}', 'on', true)"
        )
