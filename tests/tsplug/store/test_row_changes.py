"""What a look at the store is told of the changes since an earlier one, whoever made them and however."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from databases import Database, PostgresCluster
from older_store import make_older_store
from sqlalchemy import text

from tsplug.model import Contribution, ExposurePlan, Lease, Profile, Record, Site, Target
from tsplug.ports import Changes, Recalled, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.store.database import transaction
from tsplug.store.engines import engine_for, parse_url
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock, first_catalogue

CLOCK = ManualClock()


def stocked(url: str) -> Store:
    """Return a store of which a look can tell what changed since another."""
    store = open_sql_store(url, CLOCK)
    load_catalogue(first_catalogue(), store, clock=CLOCK)
    # On a server that cannot be told while a transaction goes on that is older than the store, of whichever database.
    for _ in range(3000):
        if look(store, look(store).at).none:
            return store
        time.sleep(0.02)
    raise AssertionError("another test's transaction does not end")


def look(store: Store, since: object = None) -> Changes:
    with store.read() as unit:
        return unit.changes(since)


def typed(url: str, *statements: str) -> None:
    """Run statements as a person does who typed them into the database's own program."""
    if "://" in url:
        with psycopg.connect(url) as connection:
            for each in statements:
                connection.execute(each.encode())
    else:
        with closing(sqlite3.connect(url)) as connection:
            for each in statements:
                connection.execute(each)
            connection.commit()


def told(changes: Changes) -> dict[type[Record], object]:
    """Return of which kinds which rows changed, where any did."""
    return {kind: ids for kind, ids in changes.rows.items() if ids != frozenset()}


STATEMENTS = {
    "other values": ("UPDATE exposure_plan SET acquired = 3 WHERE id IN (1, 2)", {ExposurePlan: {1, 2}}),
    "equal values": ("UPDATE target SET name = name WHERE id = 1", {Target: {1}}),
    "another id": ("UPDATE site SET id = 77 WHERE name = 'nowhere'", {}),
    "nothing at all": ("DELETE FROM project WHERE id = 999", {}),
    "came": ("INSERT INTO lease (plan_id, profile_id, owner, until) VALUES (1, 1, 'x', '2026-01-01')", {Lease: None}),
    "went": ("DELETE FROM exposure_plan WHERE id = 1", {ExposurePlan: None}),
    "of no consequence": ("DELETE FROM trained_flat", {}),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_next_look_is_told_what_was_typed_by_hand(database: Database, name: str) -> None:
    """Rows with other values by id, and kinds of which rows came or went; a look after that is told nothing more."""
    store, (statement, expected) = stocked(url := database.empty_url()), STATEMENTS[name]
    first = look(store)
    assert (first.rows, look(store, first.at).none) == ({}, True)
    typed(url, statement)
    second = look(store, first.at)
    further = {kind: ids for kind, ids in told(second).items() if kind not in expected}
    assert {kind: told(second).get(kind) for kind in expected} == expected
    # On a server a statement is told that found no row, as those that remove what refers to a row.
    assert set(further.values()) <= {None} if database.kind == "postgresql" else not further
    assert look(store, second.at).none
    store.close()


def test_rows_that_go_where_others_come_are_told(tmp_path: Path) -> None:
    """SQLite removes who has a value already for who gets it, without a word to triggers of removal."""
    store = stocked(url := str(tmp_path / "store.sqlite"))
    first = look(store)
    typed(url, "UPDATE OR REPLACE target SET guid = (SELECT guid FROM target WHERE id = 1) WHERE id = 2")
    second = look(store, first.at)
    assert told(second)[Target] is None
    typed(url, "INSERT OR REPLACE INTO target SELECT * FROM target WHERE id = 2")
    assert told(look(store, second.at)) == {Target: None}
    store.close()


def test_nobody_is_told_of_another_store(database: Database) -> None:
    """What stands for a look at one store stands for none at another, though both have as many lines."""
    stores = [stocked(database.empty_url()) for _ in range(2)]
    assert look(stores[1], look(stores[0]).at).rows == {}
    assert look(stores[1], "a look of nobody").rows == {}
    for each in stores:
        each.close()


def test_a_store_out_of_a_backup_is_another(tmp_path: Path) -> None:
    """A file that was put back, and changed since as often as the one before, is not taken for that."""
    file = tmp_path / "store.sqlite"
    stocked(str(file)).close()
    copy = shutil.copy(file, tmp_path / "copy.sqlite")
    store = open_sql_store(str(file), CLOCK)
    kept = look(store)
    typed(str(file), "UPDATE target SET name = 'One' WHERE id = 1")
    later = look(store, kept.at)
    assert told(later) == {Target: {1}}
    store.close()
    shutil.copy(copy, file)
    back = open_sql_store(str(file), CLOCK)
    assert (look(back, kept.at).none, look(back, later.at).rows) == (True, {})
    typed(str(file), "UPDATE exposure_plan SET acquired = 1 WHERE id = 3")
    assert (told(look(back, kept.at)), look(back, later.at).rows) == ({ExposurePlan: {3}}, {})
    back.close()


def test_without_its_triggers_a_store_is_read_as_a_whole(database: Database) -> None:
    """Where a trigger is gone, nothing is told until it is back, and then nothing of what happened meanwhile."""
    store = stocked(url := database.empty_url())
    first = look(store)
    on_server = database.kind == "postgresql"
    name = "row_change_target_row" if on_server else "row_change_target_update"
    typed(url, f"DROP TRIGGER {name}{' ON target' if on_server else ''}", "UPDATE target SET name = 'X' WHERE id = 1")
    bare = look(store, first.at)
    assert (bare.at, bare.rows, look(store, bare.at).rows) == (None, {}, {})
    with store.read() as unit:
        target = unit.recall(Target, Recalled(), changes=unit.changes(first.at)).records[0]
    assert target.name == "X"
    if on_server:
        again = "CREATE TRIGGER {} AFTER UPDATE ON target FOR EACH ROW EXECUTE FUNCTION row_change_row()"
    else:
        again = "CREATE TRIGGER {} AFTER UPDATE ON target BEGIN DELETE FROM row_change; END"
    typed(url, again.format(name))
    assert look(store, first.at).rows == {}
    seen = look(store, first.at)
    typed(url, "INSERT INTO row_change (kind, stamp) VALUES ('*', 9223372036854775807)")
    assert look(store, seen.at).rows == {}
    if not on_server:
        typed(url, "UPDATE target SET name = 'Y' WHERE id = 1")
        assert look(store, first.at) == Changes()
    store.close()


def test_lines_are_removed_and_who_looks_late_reads_everything(database: Database) -> None:
    """After many changes no more than the last thousand or two are kept; who looks often misses none."""
    store = stocked(url := database.empty_url())
    seen = early = look(store)
    for _ in range(30):
        with store.write() as unit:
            for _ in range(10):
                unit.set_all(ExposurePlan, {"desired": 77})
            count = unit.count(ExposurePlan)
        changes = look(store, seen.at)
        assert changes.rows == {} or told(changes) == {ExposurePlan: set(range(1, count + 1))}
        seen = changes
    assert look(store, early.at).rows == {}
    engine = engine_for(parse_url(url))
    with transaction(engine, writable=False) as connection:
        lines = connection.execute(text("SELECT count(*) FROM row_change")).scalar_one()
    engine.dispose()
    assert 300 * count > 2000 > lines
    store.close()


def test_triggers_are_there_after_a_migration(database: Database) -> None:
    """An older store that was brought up to date tells its changes as a new one does."""
    make_older_store(url := database.empty_url(), "0001")
    store = open_sql_store(url, CLOCK)
    first = look(store)
    typed(url, "UPDATE exposure_plan SET acquired = 9 WHERE id = 1")
    assert told(look(store, first.at)) == {ExposurePlan: {1}}
    with store.write() as unit:
        unit.delete_all(Contribution)
        unit.update(unit.list(Site)[0])
        unit.update(unit.list(Profile)[0])
    emptied = {Contribution: None} if database.kind == "postgresql" else {}
    assert told(look(store, first.at)) == {ExposurePlan: {1}, Site: {1}, Profile: {1}} | emptied
    store.close()


def test_a_change_is_told_when_it_is_committed(postgres: PostgresCluster) -> None:
    """One that began early and was committed late is told to who looked between, however many came before it."""
    store = stocked(url := postgres.empty())
    seen = look(store)
    with psycopg.connect(url) as slow:
        slow.execute("UPDATE target SET name = 'Slow' WHERE id = 1")
        typed(url, "UPDATE exposure_plan SET acquired = 1 WHERE id = 1")
        second = look(store, seen.at)
        assert told(second) == {ExposurePlan: {1}}
        with store.write() as unit:
            for _ in range(80):
                unit.set_all(ExposurePlan, {"desired": 7})
        third = look(store, second.at)
        assert ExposurePlan in third.rows
        slow.commit()
    assert told(look(store, third.at)) == {Target: {1}}
    assert told(look(store, second.at))[Target] == {1}
    store.close()
    postgres.drop(url)
