"""The store on a database: units of work, each one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import StaticPool

from tsplug.errors import StoreError
from tsplug.ports import Clock, Unit
from tsplug.store.backups import keep_copy
from tsplug.store.engines import MIGRATES, WRITES, is_in_memory
from tsplug.store.troubles import driver_said_plainly, said_plainly
from tsplug.store.unit import SqlUnit


class SqlStore:
    """A store on one database; each unit is one transaction, on a connection that no other unit has meanwhile.

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

    def keep_copy(self, label: str) -> Path | None:
        """Keep a copy of an SQLite store beside it, under a label; None in memory and on a server.

        Raises:
            StoreUnavailableError: it cannot be made, or the store is damaged.
        """
        url = self._engine.url
        if url.get_backend_name() != "sqlite" or is_in_memory(url):
            return None
        return keep_copy(Path(str(url.database)), label)

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
    with said_plainly(engine.url), _connected(engine) as plain:
        options: dict[str, Any] = {WRITES: writable, MIGRATES: migrating}
        if not writable and engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        if migrating:
            # Its settings are not for units: it is closed afterwards, not kept.
            plain.detach()
        connection = plain.execution_options(**options)
        with connection.begin() as running:
            yield connection
            if not writable:
                running.rollback()


def _connected(engine: Engine) -> Connection:
    with driver_said_plainly(engine.url):
        return engine.connect()
