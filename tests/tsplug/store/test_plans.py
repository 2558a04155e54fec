"""How the fronts' queries reach their rows: by an index, on both databases, and at the same cost in a larger store."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import PostgresCluster
from front_queries import QUERIES, LargeStore, catalogue
from large_store import fill
from sqlalchemy import event

from tsplug.services.catalogue import load_catalogue
from tsplug.store.database import SqlStore, transaction
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock

GROWING = {"acquired_image", "verdict", "status_change", "thumbnail", "flat_history", "flat_set", "flat_set_file"}
SMALL, LARGE = 2_000, 20_000
SCANNED = re.compile(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX)")
STEPS = 50

pytestmark = pytest.mark.xdist_group("query plans")


def large_store(address: str, count: int) -> LargeStore:
    store = open_sql_store(address, ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, count)
    return LargeStore(store, count)


@pytest.fixture(scope="module")
def sqlite_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LargeStore, LargeStore]]:
    folder = tmp_path_factory.mktemp("plans")
    small, large = (large_store(str(folder / f"{count}.sqlite"), count) for count in (SMALL, LARGE))
    yield small, large
    for at in (small, large):
        at.store.close()


@pytest.fixture(scope="module")
def postgres_store(postgres: PostgresCluster) -> Iterator[LargeStore]:
    url = postgres.ready()
    at = large_store(url, LARGE)
    with transaction(engine_of(at), writable=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    yield at
    at.store.close()
    postgres.drop(url)


def engine_of(at: LargeStore) -> Any:
    assert isinstance(at.store, SqlStore)
    return at.store._engine


@contextmanager
def selects(at: LargeStore) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that only read, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith("SELECT") and "FROM" in statement:
            seen.append((statement, values))

    event.listen(engine_of(at), "before_cursor_execute", note)
    yield seen
    event.remove(engine_of(at), "before_cursor_execute", note)


def explained(at: LargeStore, name: str, *, how: str) -> list[Any]:
    with selects(at) as seen:
        assert QUERIES[name](at)
    assert seen
    with transaction(engine_of(at), writable=False) as connection:
        return [row for each, values in seen for row in connection.exec_driver_sql(f"{how} {each}", values).all()]


@pytest.mark.parametrize("name", QUERIES)
def test_sqlite_walks_through_no_table(name: str, sqlite_stores: tuple[LargeStore, LargeStore]) -> None:
    """No query reads a table that grows from end to end, or sorts more than it found by index."""
    details = [str(row[3]) for row in explained(sqlite_stores[1], name, how="EXPLAIN QUERY PLAN")]
    scanned = {match[1] for detail in details if (match := SCANNED.match(detail))}
    assert scanned & GROWING == set(), details


@pytest.mark.parametrize("name", QUERIES)
def test_postgresql_walks_through_no_table(name: str, postgres_store: LargeStore) -> None:
    """No query reads a table that grows from end to end, with the statistics that the server keeps."""
    plans = [row[0] for row in explained(postgres_store, name, how="EXPLAIN (FORMAT JSON)")]
    nodes = [node for plan in plans for node in nodes_of(plan[0]["Plan"])]
    scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    assert scanned & GROWING == set(), sorted(scanned)


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes_of(child)


def steps_of(at: LargeStore, name: str) -> int:
    """Return how many steps SQLite's machine takes for a query, in units of STEPS."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    def watch(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_progress_handler(count, STEPS)

    engine = engine_of(at)
    engine.dispose()
    event.listen(engine, "connect", watch)
    QUERIES[name](at)
    event.remove(engine, "connect", watch)
    engine.dispose()
    return counted


@pytest.mark.parametrize("name", QUERIES)
def test_cost_grows_with_what_is_found(name: str, sqlite_stores: tuple[LargeStore, LargeStore]) -> None:
    """Ten times as many images cost the same number of steps, give or take a few, where as much is found."""
    small, large = (steps_of(at, name) for at in sqlite_stores)
    assert large <= small * 1.3 + 10


def test_a_query_without_its_index_is_found(tmp_path: Path) -> None:
    """A full scan is seen: without the index on the start, the newest images cost one."""
    at = large_store(str(tmp_path / "store.sqlite"), SMALL)
    with transaction(engine_of(at), writable=True) as connection:
        connection.exec_driver_sql("DROP INDEX ix_acquired_image_started")
    details = [str(row[3]) for row in explained(at, "images list", how="EXPLAIN QUERY PLAN")]
    assert any(SCANNED.match(detail) for detail in details)
    at.store.close()
