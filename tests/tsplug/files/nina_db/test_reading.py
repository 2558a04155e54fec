from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from scheduler_databases import make_database, small_rows

from tsplug.app import open_scheduler_database
from tsplug.errors import InputError
from tsplug.files.nina_db import reading


def complaint(file: Path) -> str:
    """Return what reading all of a database complains of."""
    with pytest.raises(InputError) as caught, open_scheduler_database(file) as source:
        sum(len(list(source.rows(table))) for table in ("project", "acquiredimage", "imagedata"))
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a small database of version 23."""
    return make_database(tmp_path / "schedulerdb.sqlite", 23, small_rows(23))


def test_rows_come_by_id_with_names_in_lower_case(file: Path) -> None:
    """SQLite ignores the case of names, so rows do."""
    with open_scheduler_database(file) as source:
        rows = list(source.rows("acquiredimage"))
        assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
        assert {"gradingstatus", "exposureid", "profileid"} <= rows[0].keys()
        assert source.count("imagedata") == 3
        assert len(source.distinct("project", "profileId")) == 2
        assert source.columns("nothing") == []
        assert (list(source.rows("nothing")), source.count("nothing"), source.distinct("project", "x")) == ([], 0, [])


@pytest.mark.parametrize("encoding", ["'UTF-16le'", "'UTF-16be'"])
def test_databases_in_utf_16_are_read(tmp_path: Path, encoding: str) -> None:
    """The encoding of a database does not matter."""
    file = make_database(tmp_path / "wide.sqlite", 23, small_rows(23), encoding=encoding)
    with open_scheduler_database(file) as source:
        assert [row["name"] for row in source.rows("project")] == ["Nebulae", 'Müller\'s "Galaxien" 🌌']


@pytest.mark.parametrize(("version", "says"), [(26, "update tsplug"), (4, "upgrades it"), (0, "none")])
def test_other_versions_are_refused_by_number(tmp_path: Path, version: int, says: str) -> None:
    """Versions that nobody described are refused, with their number and what to do."""
    file = make_database(tmp_path / "other.sqlite", min(version, 25), {})
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    said = complaint(file)
    assert f"user_version {version}" in said
    assert says in said


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    """A missing file, an empty one, a text and a folder each give one clear line."""
    empty, text = tmp_path / "empty.sqlite", tmp_path / "text.sqlite"
    empty.touch()
    text.write_text("SQLite format 4, or so\n" * 20, encoding="utf-8")
    assert "is empty" in complaint(empty)
    assert "not an SQLite database" in complaint(text)
    assert "is a folder" in complaint(tmp_path)
    assert "cannot be read: No such file" in complaint(tmp_path / "gone.sqlite")


def test_a_database_that_was_cut_off_is_told(file: Path) -> None:
    """A copy that stopped half-way is noticed before anything is read."""
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert f"is cut off: {len(data) // 2} of {len(data)} bytes" in complaint(file)
    file.write_bytes(data[:50])
    assert "not an SQLite database" in complaint(file)


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    """Zeros in the middle of a database are noticed when they are read."""
    rows = small_rows(23)
    rows["imagedata"] = [{"Id": n, "tag": "", "imagedata": bytes(3000), "acquiredimageid": 1} for n in range(1, 200)]
    file = make_database(tmp_path / "damaged.sqlite", 23, rows)
    data = bytearray(file.read_bytes())
    data[-300_000:-10_000] = b"\xaa" * 290_000
    file.write_bytes(bytes(data))
    assert "is damaged" in complaint(file)


def test_a_missing_table_is_told(file: Path) -> None:
    """Without the tables that every version has it is some other database."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE exposureplan")
    assert "has no table exposureplan" in complaint(file)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("target", "ra"),
        ("target", "dec"),
        ("project", "name"),
        ("project", "profileId"),
        ("exposuretemplate", "filtername"),
        ("exposureplan", "targetid"),
        ("exposureplan", "exposureTemplateId"),
        ("acquiredimage", "acquireddate"),
        ("acquiredimage", "gradingStatus"),
        ("imagedata", "acquiredimageid"),
    ],
)
def test_a_missing_column_is_told(file: Path, table: str, column: str) -> None:
    """Without the columns that every version has it is no whole database either."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO lost")
    assert f"is not a whole Target Scheduler database (table {table} lacks {column})" in complaint(file)


def test_a_database_is_read_while_it_is_written_ahead(file: Path) -> None:
    """N.I.N.A. may write on while a database with a write-ahead log is read; one state is seen throughout."""
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE project SET description = 'new'")
        with open_scheduler_database(file) as source:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE project SET description = 'newer'")
            assert {row["description"] for row in source.rows("project")} == {"new"}
            writer.execute("COMMIT")
            assert {row["description"] for row in source.rows("project")} == {"new"}


def test_a_locked_database_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that another program keeps for itself is given up after a while."""
    monkeypatch.setattr(reading, "WAIT_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert "being written by another program" in complaint(file)


def test_nothing_is_written(file: Path) -> None:
    """Reading leaves the file as it was, and nothing beside it."""
    before = file.read_bytes()
    with open_scheduler_database(file) as source:
        list(source.rows("project"))
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]
