"""What a migration needs beside its revisions: the store to itself, and ids that are never given out twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import URL

from tsplug.errors import StoreUnavailableError
from tsplug.store.engines import LOCK_TIMEOUT_S, engine_for, shown

_SESSION = "tsplug schema "


@contextmanager
def alone(url: URL) -> Iterator[Engine]:
    """Return an engine whose connections have an SQLite store to themselves; nobody else can open it meanwhile.

    Connections that other programs keep open are seen even while they do nothing. PostgreSQL has no such lock; see
    `refuse_older_hosts`.

    Raises:
        StoreUnavailableError: on connecting: another program has the store open.
    """
    engine = engine_for(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", partial(_seize, url=url), insert=True)
    try:
        yield engine
    finally:
        engine.dispose()


def tell_revision(engine: Engine, revision: str) -> None:
    """Let sessions on a PostgreSQL server say which schema they work with, for those that come to change it."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", partial(_name_session, name=f"{_SESSION}{revision}"))


def refuse_older_hosts(connection: Connection) -> None:
    """Refuse to change the schema of a PostgreSQL store while programs that work with another one are connected.

    Raises:
        StoreUnavailableError: there are some; the text says from where.
    """
    if connection.dialect.name != "postgresql":
        return
    query = text(
        "SELECT DISTINCT coalesce(host(client_addr), 'this machine') FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE :ours"
        " AND application_name <> current_setting('application_name') ORDER BY 1"
    )
    others = connection.execute(query, {"ours": f"{_SESSION}%"}).scalars().all()
    if others:
        raise _in_use(connection.engine.url, f" on {', '.join(others)}")


@contextmanager
def ids_kept(connection: Connection) -> Iterator[None]:
    """Remember over a migration which ids were given out: SQLite forgets the highest where a table is made anew."""
    if connection.dialect.name != "sqlite":
        yield
        return
    before = _given_out(connection)
    yield
    after = _given_out(connection)
    for name, highest in before.items():
        if name not in after:
            statement = "INSERT INTO sqlite_sequence (seq, name) VALUES (:highest, :name)"
        elif after[name] < highest:
            statement = "UPDATE sqlite_sequence SET seq = :highest WHERE name = :name"
        else:
            continue
        connection.execute(text(statement), {"highest": highest, "name": name})


def _given_out(connection: Connection) -> dict[str, int]:
    there = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first()
    rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all() if there else []
    return {str(row[0]): int(row[1]) for row in rows}


def _seize(connection: Any, _record: object, *, url: URL) -> None:
    # Before anything else is asked of the connection: later it would only hold on to what it has.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise _in_use(url, f" for more than {LOCK_TIMEOUT_S} s") from error


def _in_use(url: URL, where: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"the store {shown(url)} is older than this tsplug and in use by another program{where}: it is not brought"
        " up to date under its feet; close the other program, then try again"
    )


def _name_session(connection: Any, _record: object, *, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, false)", (name,))
    connection.commit()
