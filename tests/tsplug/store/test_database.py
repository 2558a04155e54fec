from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from databases import Database
from sqlalchemy.exc import OperationalError

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.model import AcquiredImage, ExposurePlan, Site
from tsplug.ports import Store
from tsplug.services.catalogue import load_catalogue
from tsplug.store import database, engines, troubles
from tsplug.store.database import SqlStore
from tsplug.store.engines import engine_for, parse_url, shown
from tsplug.store.opening import open_sql_store
from tsplug.store.troubles import driver_said_plainly, said_plainly
from tsplug.testing import ManualClock, first_catalogue, memory_store, stocked_store


def an_image() -> AcquiredImage:
    now = ManualClock().now()
    names = {"profile_name": "p", "project_name": "q", "target_name": "t", "filter_name": "L", "file": "f"}
    return AcquiredImage(plan_id=1, started=now, acquired=now, exposure_s=1, **names)


def record(store: Store) -> None:
    with store.write() as unit:
        unit.add_image(an_image())


def record_and_fail(store: Store) -> None:
    with store.write() as unit:
        unit.add_image(an_image())
        raise ZeroDivisionError


def stocked_file(file: Path) -> Store:
    store = open_sql_store(str(file), ManualClock())
    load_catalogue(first_catalogue(), store, clock=ManualClock())
    return store


def counts(store: Store) -> tuple[int, int]:
    with store.read() as unit:
        return unit.get(ExposurePlan, 1).acquired, len(unit.list(AcquiredImage))


@pytest.mark.both_databases
def test_unit_that_raises_changes_nothing() -> None:
    """An exception that leaves a writing unit undoes everything in it, counters too."""
    store = stocked_store()
    with pytest.raises(ZeroDivisionError):
        record_and_fail(store)
    assert counts(store) == (0, 0)


def test_units_do_not_nest() -> None:
    """A second unit in the same thread is refused at once instead of waiting for the first for ever."""
    store = memory_store()
    with store.read(), pytest.raises(StoreError, match="open already"), store.write():
        pass
    with store.write() as unit:
        assert unit.list(Site) == []


def stocked(database: Database) -> Store:
    store = database.open(ManualClock())
    load_catalogue(first_catalogue(), store, clock=ManualClock())
    return store


def test_threads_that_record_at_once_lose_no_count_in_memory() -> None:
    """Four threads recording for one plan end with every image counted, though they share one connection."""
    assert_threads_lose_no_count(stocked_store())


def test_threads_that_record_at_once_lose_no_count(database: Database) -> None:
    """Four threads recording for one plan end with every image counted."""
    assert_threads_lose_no_count(stocked(database))


def assert_threads_lose_no_count(store: Store) -> None:
    threads = [threading.Thread(target=lambda: [record(store) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(store) == (40, 40)


def test_reader_sees_one_state_while_another_writes(database: Database) -> None:
    """What is committed during a reading unit shows in the next one, not in this one."""
    store = stocked(database)
    with store.read() as unit:
        before = unit.get(ExposurePlan, 1).acquired
        thread = threading.Thread(target=record, args=(store,))
        thread.start()
        thread.join()
        assert unit.get(ExposurePlan, 1).acquired == before == 0
    assert counts(store) == (1, 1)


def test_locked_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another program keeps locked costs one clear line."""
    monkeypatch.setattr(engines, "LOCK_TIMEOUT_S", 0.05)
    file = tmp_path / "store.sqlite"
    store = stocked_file(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match=r"store\.sqlite is locked by another program"), store.write():
        pass
    other.close()


def test_contradiction_is_refused(database: Database) -> None:
    """A change that contradicts what is stored is refused as a whole."""
    store = stocked(database)
    with pytest.raises(StoreError, match=r"refused a change: .*(?i:foreign key)"), store.write() as unit:
        unit.delete(unit.list(Site)[0])
    with store.read() as unit:
        assert len(unit.list(Site)) == 1


def test_file_is_durable_and_shared(tmp_path: Path) -> None:
    """A store on disk writes ahead, waits for the disk at every commit and holds references."""
    store = open_sql_store(str(tmp_path / "store.sqlite"), ManualClock())
    with database.transaction(store._engine, writable=False) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_password_stays_out_of_messages() -> None:
    """A store's URL is shown without its password."""
    assert shown(parse_url("postgresql://me:secret@host/db")) == "postgresql://me:***@host/db"
    assert "secret" not in shown(parse_url("postgresql://host/db?user=me&password=secret"))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("attempt to write a readonly database", "is read-only; make the file"),
        ("unable to open database file", "cannot be opened; check that its folder exists"),
        ("database disk image is malformed", "is damaged; there is no backup beside it"),
        ("database or disk is full", "because the disk is full; free some space"),
        ("disk I/O error", "look whether its disk is full"),
        ("something else", "cannot be used: something else"),
    ],
)
def test_trouble_is_said_in_one_line(reason: str, words: str) -> None:
    """What the database driver says becomes one line that names the store and what to do."""
    with pytest.raises(StoreUnavailableError, match=words) as caught, said_plainly(parse_url("night.sqlite")):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError(reason))
    assert str(caught.value).startswith("the store night.sqlite ")
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_told_whatever_the_driver_calls_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for the files beside a store SQLite fails without saying why; the disk knows."""
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=0))
    with (
        pytest.raises(StoreUnavailableError, match="the disk is full"),
        driver_said_plainly(parse_url(str(tmp_path / "a"))),
    ):
        raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize(
    ("statement", "said", "words"),
    [
        ("UPDATE x", "server closed the connection unexpectedly", "nothing was changed; try again"),
        ("UPDATE x", "terminating connection due to administrator command", "nothing was changed; try again"),
        (None, "server closed the connection unexpectedly", "look what is stored before you try again"),
        (None, 'connection failed: connection to server at "h" failed: server closed the connection', "cannot be used"),
    ],
)
def test_lost_server_says_what_became_of_the_change(statement: str | None, said: str, words: str) -> None:
    """A server gone before the commit has changed nothing; one gone during it may have, and nobody claims otherwise."""
    url = parse_url("postgresql://h/x")
    with pytest.raises(StoreUnavailableError, match=words), said_plainly(url):
        raise OperationalError(statement, {}, Exception(said))


def test_read_only_disk_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be opened because its folder may not be written is called read-only."""
    monkeypatch.setattr(troubles, "_may_write", lambda folder: folder != tmp_path)
    with pytest.raises(StoreUnavailableError, match="is read-only"), said_plainly(parse_url(f"{tmp_path}/x.sqlite")):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("unable to open database file"))


def test_read_only_store_says_so(tmp_path: Path) -> None:
    """A store that cannot be written costs one clear line, and can still be read."""
    file = tmp_path / "store.sqlite"
    stocked_file(file).close()
    store = SqlStore(engine_for(parse_url(f"sqlite:///file:{file}?mode=ro&uri=true")), ManualClock())
    with pytest.raises(StoreUnavailableError, match="is read-only"):
        record(store)
    assert counts(store) == (0, 0)


def test_kept_connections_are_not_used_for_another_file(tmp_path: Path) -> None:
    """A store put back from a copy while it is open is the one that is read and written from then on."""
    file, copy = tmp_path / "store.sqlite", tmp_path / "copy.sqlite"
    store = stocked_file(file)
    stocked_file(copy).close()
    record(store)
    copy.replace(file)
    for beside in ("-wal", "-shm"):
        file.with_name(f"{file.name}{beside}").unlink(missing_ok=True)
    assert counts(store) == (0, 0)
    record(store)
    assert counts(store) == counts(open_sql_store(str(file), ManualClock())) == (1, 1)


def test_store_that_is_removed_while_open_says_so(tmp_path: Path) -> None:
    """A store whose file is gone is not made anew, empty, in the middle of a night."""
    file = tmp_path / "store.sqlite"
    store = stocked_file(file)
    file.unlink()
    with pytest.raises(StoreUnavailableError, match="was removed while it was open"):
        record(store)
    assert not file.exists()


def test_closed_store_is_whole_in_one_file(tmp_path: Path) -> None:
    """Closing a store leaves no write-ahead log that a copy could miss."""
    store = stocked_file(tmp_path / "store.sqlite")
    record(store)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite"]


@pytest.mark.both_databases
def test_number_that_no_id_can_be_finds_nothing() -> None:
    """A number beyond what a column holds equals nothing that is stored, alone or among others."""
    with stocked_store().read() as unit:
        assert unit.find(AcquiredImage, id=10**17) is None
        assert [plan.id for plan in unit.list(ExposurePlan, id=[1, 10**17])] == [1]


@pytest.mark.both_databases
def test_id_that_is_given_is_not_given_out_again() -> None:
    """A record stored under an id of its own does not stand in the way of the next new one."""
    with stocked_store().write() as unit:
        unit.add(Site(id=7, name="A", latitude_deg=47, longitude_deg=8))
        assert unit.add(Site(name="B", latitude_deg=47, longitude_deg=8)).id == 8
