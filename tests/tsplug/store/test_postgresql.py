"""What only a server can do wrong, and how a store comes to be on one."""

from __future__ import annotations

import socket
import sys
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import PostgresCluster
from older_store import upgrade
from sqlalchemy import Connection, event

from tsplug.errors import InputError, StoreError, StoreTooNewError, StoreUnavailableError
from tsplug.model import Site
from tsplug.store import engines, opening
from tsplug.store.database import transaction
from tsplug.store.engines import engine_for, parse_url
from tsplug.store.opening import open_sql_store
from tsplug.store.tables import METADATA
from tsplug.testing import ManualClock


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return sorted(row[0] for row in found)


def test_migrations_make_the_schema_of_the_tables(postgres: PostgresCluster) -> None:
    """What the migrations build on a server, and a new store, is what the tables declare, by column and index."""
    for make in (migrate, lambda url: open_sql_store(url, ManualClock()).close()):
        url = postgres.empty()
        make(url)
        engine = engine_for(parse_url(url))
        with transaction(engine, writable=False) as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
        engine.dispose()
        postgres.drop(url)


def migrate(url: str) -> None:
    engine = engine_for(parse_url(url))
    upgrade(engine, "head")
    engine.dispose()


def test_a_store_that_is_made_by_half_leaves_nothing(
    postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store whose making breaks off is undone as a whole, as on SQLite."""
    url = postgres.empty()

    def break_off(_connection: Connection) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opening, "note_changes", break_off)
    with pytest.raises(ZeroDivisionError):
        open_sql_store(url, ManualClock())
    assert tables(url) == []
    postgres.drop(url)


def test_newer_store_is_refused(postgres: PostgresCluster) -> None:
    """A store of a revision unknown here is refused with one line without the password."""
    url = postgres.ready()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNewError, match=r"written by a newer tsplug \(schema 9999") as caught:
        open_sql_store(url, ManualClock())
    assert "tsplug:***@127.0.0.1" in str(caught.value)
    postgres.drop(url)


def test_database_of_another_program_is_refused(postgres: PostgresCluster) -> None:
    """A database with tables of something else is left as it is."""
    url = postgres.empty()
    execute(url, "CREATE TABLE cats (name text)")
    with pytest.raises(StoreUnavailableError, match="a database of another program"):
        open_sql_store(url, ManualClock())
    assert tables(url) == ["cats"]
    postgres.drop(url)


def test_looking_makes_no_store_of_an_empty_database(postgres: PostgresCluster) -> None:
    """A database that must hold a store but holds nothing is refused, and stays empty."""
    url = postgres.empty()
    with pytest.raises(StoreUnavailableError, match="holds nothing yet"):
        open_sql_store(url, ManualClock(), create=False)
    assert tables(url) == []
    postgres.drop(url)


def test_server_that_is_down_says_so() -> None:
    """A server that nobody answers for costs one clear line."""
    with socket.socket() as nobody:
        # Bound and not listening: nobody else can take the port, and who calls is refused.
        nobody.bind(("127.0.0.1", 0))
        address = f"postgresql://me:secret@127.0.0.1:{nobody.getsockname()[1]}/night"
        with pytest.raises(StoreUnavailableError, match="does not answer; check host and port") as caught:
            open_sql_store(address, ManualClock())
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://tsplug:wrong@{server}/postgres", "refuses the user or the password"),
        ("postgresql://nobody:{password}@{server}/postgres", "refuses the user or the password"),
        ("postgresql://tsplug@{server}/postgres", "asks for a password"),
        ("postgresql://tsplug:{password}@{server}/nowhere", "does not exist on the server; make it: createdb nowhere"),
        ("postgres://tsplug:{password}@{server}/nowhere", "does not exist on the server"),
    ],
)
def test_what_a_server_refuses_is_said_in_one_line(postgres: PostgresCluster, address: str, words: str) -> None:
    """A wrong password, an unknown user and a missing database are told apart, and no password is shown."""
    given, _, server = postgres.url.removeprefix("postgresql://").removesuffix("/postgres").partition("@")
    password = given.partition(":")[2]
    with pytest.raises(StoreUnavailableError, match=words) as caught:
        open_sql_store(address.format(server=server, password=password), ManualClock())
    assert "\n" not in str(caught.value)
    assert password not in str(caught.value)


def test_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the driver the message names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'tsplug\[postgres\]'"):
        open_sql_store("postgresql://me@127.0.0.1/night", ManualClock())


def test_locked_store_says_so(postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit of another program that does not end costs one clear line after a while."""
    monkeypatch.setattr(engines, "LOCK_TIMEOUT_S", 0.05)
    url = postgres.ready()
    one, two = open_sql_store(url, ManualClock()), open_sql_store(url, ManualClock())
    with (
        one.write(),
        pytest.raises(StoreUnavailableError, match="is locked by another program"),
        two.write(),
    ):
        pass
    with two.write() as unit:
        assert unit.list(Site) == []
    for store in (one, two):
        store.close()
    postgres.drop(url)


def test_value_that_no_column_holds_is_refused(postgres: PostgresCluster) -> None:
    """A text with a zero byte, which PostgreSQL cannot keep, is refused with the reason; the store goes on."""
    url = postgres.ready()
    store = open_sql_store(url, ManualClock())
    with pytest.raises(StoreError, match="refused a change"), store.write() as unit:
        unit.add(Site(name="A\0B", latitude_deg=47, longitude_deg=8))
    with store.read() as unit:
        assert unit.list(Site) == []
    store.close()
    postgres.drop(url)


def test_connection_that_broke_is_made_anew(postgres: PostgresCluster) -> None:
    """After the server dropped its connections, the next unit connects again."""
    url = postgres.ready()
    store = open_sql_store(url, ManualClock())
    name = url.rpartition("/")[2]
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with store.write() as unit:
        assert unit.list(Site) == []
    store.close()
    postgres.drop(url)


@pytest.mark.parametrize("said", ["", "?tcp_user_timeout=5000&keepalives_idle=30"])
def test_a_server_that_vanishes_is_given_up_soon(said: str) -> None:
    """A packet that nobody answers ends the connection within half a minute, unless the URL says otherwise."""
    engine = engine_for(parse_url(f"postgresql://tsplug@server/tsplug{said}"))
    asked: dict[str, Any] = {}

    def connect(dialect: object, record: object, arguments: object, settings: dict[str, Any]) -> None:
        asked.update(settings)
        raise ConnectionRefusedError

    event.listen(engine, "do_connect", connect)
    with pytest.raises(ConnectionRefusedError):
        engine.connect()
    found = {name: int(asked[name]) for name in ("connect_timeout", "tcp_user_timeout", "keepalives_idle")}
    assert found == {
        "connect_timeout": 10,
        "tcp_user_timeout": 5000 if said else 20000,
        "keepalives_idle": 30 if said else 10,
    }
    assert (asked["keepalives_interval"], asked["keepalives_count"]) == (5, 3)
