from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.model import AcquiredImage, ExposurePlan, Site
from tsplug.ports import Store
from tsplug.services.catalogue import load_catalogue
from tsplug.store import database
from tsplug.store.database import SqlStore, engine_for, parse_url, said_plainly
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock, first_catalogue, memory_store, stocked_store

RECORD = """
import sys
from tsplug import open_store, AcquiredImage
from tsplug.testing import ManualClock
clock = ManualClock()
store = open_store(sys.argv[1], clock)
for _ in range(int(sys.argv[2])):
    with store.write() as unit:
        unit.add_image(AcquiredImage(plan_id=1, profile_name="p", project_name="q", target_name="t", filter_name="L",
                                     file="f", started=clock.now(), acquired=clock.now(), exposure_s=1))
"""


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


@pytest.mark.parametrize("kept_in", ["memory", "file"])
def test_threads_that_record_at_once_lose_no_count(kept_in: str, tmp_path: Path) -> None:
    """Four threads recording for one plan end with every image counted."""
    store = stocked_store() if kept_in == "memory" else stocked_file(tmp_path / "store.sqlite")
    threads = [threading.Thread(target=lambda: [record(store) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(store) == (40, 40)


def test_processes_that_record_at_once_lose_no_count(tmp_path: Path) -> None:
    """Two processes recording for one plan end with every image counted."""
    file = tmp_path / "store.sqlite"
    stocked_file(file).close()
    command = [sys.executable, "-c", RECORD, str(file), "25"]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert counts(open_sql_store(str(file), ManualClock())) == (50, 50)


def test_reader_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    """What is committed during a reading unit shows in the next one, not in this one."""
    store = stocked_file(tmp_path / "store.sqlite")
    with store.read() as unit:
        before = unit.get(ExposurePlan, 1).acquired
        thread = threading.Thread(target=record, args=(store,))
        thread.start()
        thread.join()
        assert unit.get(ExposurePlan, 1).acquired == before == 0
    assert counts(store) == (1, 1)


def test_locked_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another program keeps locked costs one clear line."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    file = tmp_path / "store.sqlite"
    store = stocked_file(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match=r"store\.sqlite is locked by another program"), store.write():
        pass
    other.close()


def test_contradiction_is_refused(tmp_path: Path) -> None:
    """A change that contradicts what is stored is refused as a whole."""
    store = stocked_file(tmp_path / "store.sqlite")
    with pytest.raises(StoreError, match="refused a change: FOREIGN KEY"), store.write() as unit:
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
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_password_stays_out_of_messages() -> None:
    """A store's URL is shown without its password."""
    assert database.shown(parse_url("postgresql://me:secret@host/db")) == "postgresql://me:***@host/db"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("attempt to write a readonly database", "is read-only; make the file"),
        ("unable to open database file", "cannot be opened; check that its folder exists"),
        ("database disk image is malformed", "is damaged; there is no backup beside it"),
        ("database or disk is full", "because the disk is full; free some space"),
        ("something else", "cannot be used: something else"),
    ],
)
def test_trouble_is_said_in_one_line(reason: str, words: str) -> None:
    """What the database driver says becomes one line that names the store and what to do."""
    with pytest.raises(StoreUnavailableError, match=words) as caught, said_plainly(parse_url("night.sqlite")):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError(reason))
    assert str(caught.value).startswith("the store night.sqlite ")
    assert "\n" not in str(caught.value)


def test_read_only_store_says_so(tmp_path: Path) -> None:
    """A store that cannot be written costs one clear line, and can still be read."""
    file = tmp_path / "store.sqlite"
    stocked_file(file).close()
    store = SqlStore(engine_for(parse_url(f"sqlite:///file:{file}?mode=ro&uri=true")), ManualClock())
    with pytest.raises(StoreUnavailableError, match="is read-only"):
        record(store)
    assert counts(store) == (0, 0)
