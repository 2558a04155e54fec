from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import halfway
import pytest
import sqlalchemy as sa
from databases import Database, wait_until_left
from older_store import contents, make_older_store, upgrade
from sqlalchemy import text

from tsplug.errors import StoreError, StoreTooNewError, StoreUnavailableError
from tsplug.model import AcquiredImage, ExposurePlan, FlatHistory, Profile, Thumbnail, Verdict
from tsplug.ports import FrameStatus
from tsplug.services.doctor import examine
from tsplug.store import engines, opening
from tsplug.store.database import SqlStore, transaction
from tsplug.store.engines import engine_for, parse_url
from tsplug.store.opening import REVISIONS, open_sql_store
from tsplug.testing import ManualClock, PresentFiles

EARLIER = REVISIONS[:-1]


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


def opened(url: str) -> SqlStore:
    return open_sql_store(url, ManualClock())


def older(database: Database, revision: str = "0001") -> str:
    url = database.empty_url()
    make_older_store(url, revision)
    return url


def recorded(rows: dict[tuple[str, Any], dict[str, Any]]) -> dict[tuple[str, Any], dict[str, Any]]:
    """Return what somebody recorded, without what the store notes for itself."""
    return {key: row for key, row in rows.items() if key[0] not in ("alembic_version", "row_change")}


@pytest.mark.parametrize("revision", EARLIER)
def test_nothing_is_lost_on_the_way_from_an_earlier_schema(database: Database, revision: str) -> None:
    """Every row of every table of an earlier store is there afterwards, with all it held, and the doctor is content."""
    url = older(database, revision)
    before = recorded(contents(url))
    store = opened(url)
    with store.read() as unit:
        plan, profile = unit.get(ExposurePlan, 1), unit.get(Profile, 1)
        assert (plan.acquired, plan.accepted, profile.grader.hfr_sigma) == (5, 2, 3.5)
        assert unit.get(AcquiredImage, 2).metrics == {"hfr": 2.2, "star_count": 900}
        assert (len(unit.list(Thumbnail)), len(unit.list(FlatHistory))) == (1, 1)
    assert examine(store, AllPresent()).problems == ()
    store.close()
    after = contents(url)
    assert len(before) == 23
    assert {key: row.items() <= after[key].items() for key, row in before.items()} == dict.fromkeys(before, True)
    assert after["alembic_version", None] == {"version_num": REVISIONS[-1]}


@pytest.mark.parametrize("kept", [True, False])
def test_a_switch_of_nina_goes_to_its_preferences(database: Database, kept: bool) -> None:
    """It was one of the planner's, which never acted upon it; what else a profile prefers stays as it is."""
    url = older(database, "0017")
    engine, planner = engine_for(parse_url(url)), {"park_on_wait": True, "reset_completion_at_start": kept}
    with transaction(engine, writable=True) as connection:
        profiles = sa.table("profile", sa.column("planner", sa.JSON()))
        connection.execute(sa.update(profiles).values(planner=planner))
    engine.dispose()
    store = opened(url)
    with store.read() as unit:
        profile = unit.get(Profile, 1)
    store.close()
    assert profile.planner.park_on_wait
    assert profile.nina.profile_completion_reset is kept


def test_the_latest_of_two_equal_verdicts_stays(database: Database) -> None:
    """A regrade and live grading once stored one each of a grader on an image; no two are stored any more."""
    url = older(database, "0018")
    engine = engine_for(parse_url(url))
    again = "SELECT {}, image_id, grader, '2', status, score, band, reason, inputs, judged_at FROM verdict WHERE id = 1"
    with transaction(engine, writable=True) as connection:
        for number in (8, 9):
            connection.exec_driver_sql(f"INSERT INTO verdict {again.format(number)}")
    engine.dispose()
    store = opened(url)
    with store.read() as unit:
        (kept,) = unit.list(Verdict)
    assert (kept.id, kept.version) == (9, "2")
    with pytest.raises(StoreError, match="refused a change"), store.write() as unit:
        unit.add(kept.model_copy(update={"id": None}))
    store.close()


def test_ids_that_were_given_out_are_not_given_again(database: Database) -> None:
    """A rig made after the migration does not get the id of one that was deleted before it."""
    store = opened(older(database))
    with store.write() as unit:
        fresh = unit.add(unit.get(Profile, 1).model_copy(update={"id": None, "guid": "new"}))
        left = unit.get(AcquiredImage, 3)
    store.close()
    assert (left.profile_id, fresh.id) == (9, 10)


@pytest.mark.parametrize("revision", EARLIER)
def test_the_copy_holds_the_store_as_it_was(tmp_path: Path, revision: str) -> None:
    """Beside the migrated file lies a copy with the rows and the revision of before, also of what only the log held."""
    file = tmp_path / "store.sqlite"
    make_older_store(str(file), revision)
    before = contents(str(file))
    opened(str(file)).close()
    copy = tmp_path / f"store-before-{REVISIONS[-1]}.sqlite"
    assert contents(str(copy)) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "store-backup-1.sqlite",
        copy.name,
        "store.sqlite",
    ]


def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error after the last change undoes all; the next start brings the same rows up to date."""
    url = older(database)
    before = contents(url)

    def fail(_connection: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opening, "_check_references", fail)
    with pytest.raises(ZeroDivisionError):
        opened(url)
    assert contents(url) == before
    monkeypatch.undo()
    opened(url).close()
    assert contents(url)["alembic_version", None] == {"version_num": REVISIONS[-1]}


@pytest.mark.timeout(300)
def test_a_host_killed_in_the_middle_leaves_the_store_as_it_was(database: Database) -> None:
    """A process killed between the last change and the commit has changed nothing; the next start migrates."""
    url = older(database)
    before = contents(url)
    command = [sys.executable, halfway.__file__, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "standing\n"
        host.kill()
    assert contents(url) == before
    store = opened(url)
    assert examine(store, AllPresent()).problems == ()
    store.close()


def test_a_newer_store_is_refused_untouched(database: Database) -> None:
    """A store of a revision unknown here is refused, and every row stays."""
    url = older(database)
    engine = engine_for(parse_url(url))
    with transaction(engine, writable=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = contents(url)
    with pytest.raises(StoreTooNewError, match="newer tsplug"):
        opened(url)
    assert contents(url) == before


def test_a_store_that_an_older_host_has_open_is_left_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that works with the older schema keeps it, even while it does nothing; the message says what to do."""
    url = database.empty_url()
    with monkeypatch.context() as past:
        past.setattr(opening, "REVISIONS", REVISIONS[:-1])
        past.setattr(opening, "_make", lambda engine: upgrade(engine, REVISIONS[-2]) or REVISIONS[-2])
        host = opened(url)
        with host.read() as unit:
            assert unit.count(Profile) == 0
    with monkeypatch.context() as hurried:
        hurried.setattr(engines, "LOCK_TIMEOUT_S", 0.2)
        with pytest.raises(StoreUnavailableError, match=r"in use by another program.*close the other program"):
            opened(url)
    host.close()
    assert contents(url)["alembic_version", None] == {"version_num": REVISIONS[-2]}
    if database.kind == "postgresql":
        wait_until_left(url)
    opened(url).close()
    assert contents(url)["alembic_version", None] == {"version_num": REVISIONS[-1]}


def test_a_damaged_store_is_not_migrated(tmp_path: Path) -> None:
    """Where the copy turns out to be damaged, the store is refused and stays byte for byte."""
    file = tmp_path / "store.sqlite"
    make_older_store(str(file), "0001")
    damage(file, "acquired_image")
    before = file.read_bytes()
    with pytest.raises(StoreUnavailableError, match=r"is damaged \(.*nothing was changed"):
        opened(str(file))
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "before" in path.name] == []


def damage(file: Path, table: str) -> None:
    """Overwrite the first page of a table, as a failing disk does."""
    with closing(sqlite3.connect(file)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xa5" * size)
