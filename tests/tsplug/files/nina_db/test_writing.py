from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from scheduler_databases import described, make_database

from tsplug.app import create_scheduler_database, open_scheduler_database
from tsplug.errors import InputError

GOLDEN = Path(__file__).parents[3] / "nina" / "schema_23.txt"


def test_the_schema_is_that_of_target_scheduler(tmp_path: Path) -> None:
    """Every table, column, type and default stands where Target Scheduler 5 looks for it, under version 23."""
    file = tmp_path / "schedulerdb.sqlite"
    with create_scheduler_database(file):
        pass
    golden = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert described(file) == golden
    assert len(golden) == 149
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (23,)


def test_the_golden_schema_is_what_its_history_comes_to(tmp_path: Path) -> None:
    """A database that walked every step to version 23 has the same columns."""
    assert described(make_database(tmp_path / "walked.sqlite", 23, {})) == GOLDEN.read_text("utf-8").splitlines()


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    """What is there is replaced on demand only."""
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"), create_scheduler_database(file):
        pass
    assert file.read_text("utf-8") == "mine"
    with create_scheduler_database(file, force=True):
        pass
    with open_scheduler_database(file) as source:
        assert source.version == 23


def test_a_file_in_use_is_not_replaced(tmp_path: Path) -> None:
    """A database that N.I.N.A. has open, or left in the middle of a write, is not replaced."""
    file = tmp_path / "schedulerdb.sqlite"
    file.touch()
    file.with_name(f"{file.name}-journal").touch()
    with pytest.raises(InputError, match="close N"), create_scheduler_database(file, force=True):
        pass


@pytest.mark.parametrize(("place", "says"), [(".", "is a folder"), ("gone/x.sqlite", "does not exist")])
def test_a_place_that_cannot_be_is_told(tmp_path: Path, place: str, says: str) -> None:
    """A folder, and a file in a folder that is not there, are refused."""
    with pytest.raises(InputError, match=says), create_scheduler_database(tmp_path / place):
        pass


def test_nothing_stays_of_a_failed_export(tmp_path: Path) -> None:
    """An error on the way leaves neither the file nor what was to become it."""
    with pytest.raises(ZeroDivisionError), create_scheduler_database(tmp_path / "new.sqlite") as sink:
        sink.write("project", ({"profileId": "p", "name": 1 / number} for number in (1, 0)))
    assert list(tmp_path.iterdir()) == []


def test_what_the_database_refuses_is_one_line(tmp_path: Path) -> None:
    """A row without what its table requires ends the export with a clear line and no file."""
    with (
        pytest.raises(InputError, match="cannot be written"),
        create_scheduler_database(tmp_path / "new.sqlite") as sink,
    ):
        sink.write("project", [{"name": "of nobody"}])
    assert list(tmp_path.iterdir()) == []


def test_columns_that_a_row_does_not_name_have_their_defaults(tmp_path: Path) -> None:
    """A row may leave out columns."""
    file = tmp_path / "new.sqlite"
    with create_scheduler_database(file) as sink:
        assert sink.write("profilepreference", [{"profileId": "p"}]) == 1
    with open_scheduler_database(file) as source:
        row = next(source.rows("profilepreference"))
    assert (row["apiport"], row["delaygrading"], row["enablegraderms"]) == (8188, 80, None)
