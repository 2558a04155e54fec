from __future__ import annotations

import os
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from older_store import upgrade
from sqlalchemy import Connection, Engine

from tsplug.errors import InputError, StoreTooNewError, StoreUnavailableError
from tsplug.model import Site
from tsplug.store import opening
from tsplug.store.database import transaction
from tsplug.store.engines import engine_for, parse_url
from tsplug.store.opening import REVISIONS, open_sql_store
from tsplug.store.tables import METADATA, TABLES
from tsplug.testing import ManualClock


def reopen(file: Path) -> list[Site]:
    store = open_sql_store(str(file), ManualClock())
    with store.read() as unit:
        sites = unit.list(Site)
    store.close()
    return sites


def new_store(file: Path) -> None:
    store = open_sql_store(str(file), ManualClock())
    with store.write() as unit:
        unit.add(Site(name="Sternwarte", latitude_deg=47, longitude_deg=8))
    store.close()


def revise(file: Path, revision: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


def test_migrations_make_the_schema_of_the_tables(tmp_path: Path) -> None:
    """What the migrations build is what the tables declare, and what a new store has, by column and index."""
    migrated, made = tmp_path / "migrated.sqlite", tmp_path / "made.sqlite"
    engine = engine_for(parse_url(str(migrated)))
    upgrade(engine, "head")
    with transaction(engine, writable=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()
    open_sql_store(str(made), ManualClock()).close()
    assert schema(made) == schema(migrated)
    assert len(METADATA.tables) - 1 == len(TABLES) == 30


def schema(file: Path) -> dict[str, list[object]]:
    """Return columns, what they take where nothing is said, references and indexes of every table."""
    with closing(sqlite3.connect(file)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [*described(connection, name)] for name in names}


def described(connection: sqlite3.Connection, table: str) -> Iterator[object]:
    yield sorted(
        (name, kind, needed, {"false": "0"}.get(default, str(default)), key)
        for _number, name, kind, needed, default, key in connection.execute(f"PRAGMA table_info({table})")
    )
    yield sorted(row[2:7] for row in connection.execute(f"PRAGMA foreign_key_list({table})"))
    yield sorted(
        (
            name if origin == "c" else "",
            unique,
            partial,
            *(row[2] for row in connection.execute(f"PRAGMA index_info({name})")),
        )
        for _number, name, unique, origin, partial in connection.execute(f"PRAGMA index_list({table})").fetchall()
    )
    made_by = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()[0]
    yield "AUTOINCREMENT" in made_by


def test_programs_that_start_together_make_one_store(tmp_path: Path) -> None:
    """A store that several programs find missing is made by one of them, and all work with it."""
    file = tmp_path / "store.sqlite"
    with ThreadPoolExecutor(4) as programs:
        opened = [*programs.map(lambda _: open_sql_store(str(file), ManualClock()), range(4))]
    for number, store in enumerate(opened):
        with store.write() as unit:
            unit.add(Site(name=f"Site {number}", latitude_deg=47, longitude_deg=8))
        store.close()
    assert len(reopen(file)) == len(opened)


def test_revisions_are_those_of_the_migrations() -> None:
    """The list of known revisions is the history that the migrations tell, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    history = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(history)) == REVISIONS


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_store_keeps_what_it_was_given(tmp_path: Path, prefix: str) -> None:
    """A path and a URL both name a file that keeps its records from one opening to the next."""
    file = tmp_path / "my store.sqlite"
    new_store(file)
    reopened = open_sql_store(f"{prefix}{file}", ManualClock())
    with reopened.read() as unit:
        assert [site.name for site in unit.list(Site)] == ["Sternwarte"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://u:hush@h:abc/x", "is no URL"),
        ("postgresql://u:hush@[::1/x", "is no URL"),
        ("postgresql://u:hu@sh:hush@h:1/x", "is no URL"),
        ("postgres ql://u:hush@h/x", "is no URL"),
        ("what://u:hush@h/x?password=hush", "tsplug keeps stores in SQLite or PostgreSQL"),
        ("mysql://u:hush@h/x", "tsplug keeps stores in SQLite or PostgreSQL"),
        ("sqlite+what:///hush.sqlite", "cannot be used"),
    ],
)
def test_mistyped_addresses_are_told_without_the_password(address: str, words: str) -> None:
    """An address that names no store costs one line that says what is accepted, and never the password."""
    with pytest.raises(InputError, match=words) as caught:
        open_sql_store(address, ManualClock())
    said = str(caught.value)
    assert "\n" not in said
    assert "hush" not in said.replace("hush.sqlite", "")
    assert "sqlite:///FILE" in said


def test_newer_store_is_refused_untouched(tmp_path: Path) -> None:
    """A store of a revision unknown here is refused with one line, byte for byte as it was, without a backup."""
    file = tmp_path / "store.sqlite"
    new_store(file)
    revise(file, "9999")
    before = file.read_bytes()
    with pytest.raises(StoreTooNewError, match=r"written by a newer tsplug \(schema 9999"):
        reopen(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite"]


def test_older_store_is_copied_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of an earlier revision is kept as a copy, and only then brought up to date."""
    file = tmp_path / "store.sqlite"
    new_store(file)
    monkeypatch.setattr(opening, "REVISIONS", ("0000", *REVISIONS))
    revise(file, "0000")
    migrated: list[bool] = []
    copy = tmp_path / f"store-before-{REVISIONS[-1]}.sqlite"
    monkeypatch.setattr(opening, "_migrate", lambda engine: migrated.append(copy.exists()))
    reopen(file)
    assert migrated == [True]


def test_a_store_that_is_made_by_half_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store whose making breaks off is undone as a whole: no table stays behind."""
    file = tmp_path / "store.sqlite"
    monkeypatch.setattr(opening, "note_changes", break_off)
    with pytest.raises(ZeroDivisionError):
        reopen(file)
    monkeypatch.undo()
    assert reopen(file) == []


@pytest.mark.parametrize("room", [0, 5000, 50_000])
def test_a_store_without_room_is_one_line_and_leaves_nothing(tmp_path: Path, room: int) -> None:
    """Where not even an empty store fits, the disk is named, and no file that is none stays behind."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(StoreUnavailableError, match=r"look whether its disk is full, or fails$"):
            open_sql_store(str(tmp_path / "store.sqlite"), ManualClock())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at_work", [True, False])
def test_a_store_that_another_program_made_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_work: bool
) -> None:
    """Who finds no room removes only what is nobody's: another program had some when it made the store."""
    held: list[sqlite3.Connection] = []

    def beaten(engine: Engine) -> None:
        other = sqlite3.connect(tmp_path / "store.sqlite")
        held.append(other)
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE site (id INTEGER)")
        other.commit()
        if not at_work:
            other.close()
        raise StoreUnavailableError("full")

    monkeypatch.setattr(opening, "_use_wal", beaten)
    with pytest.raises(StoreUnavailableError, match="full"):
        open_sql_store(str(tmp_path / "store.sqlite"), ManualClock())
    with closing(held[0]), closing(sqlite3.connect(tmp_path / "store.sqlite")) as found:
        assert found.execute("SELECT name FROM sqlite_master").fetchall() == [("site",)]


def break_off(_connection: Connection) -> None:
    """Fail when all tables are there and their triggers are not."""
    raise ZeroDivisionError


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A database that is not ours is refused and stays as it was."""
    file = tmp_path / "schedulerdb.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE project (id INTEGER)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreUnavailableError, match="a database of another program"):
        reopen(file)
    assert file.read_bytes() == before


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Any other file is refused and stays as it was."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to have a header " * 100)
    before = file.read_bytes()
    with pytest.raises(StoreUnavailableError, match="is not an SQLite database"):
        reopen(file)
    assert file.read_bytes() == before


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A store in a folder that does not exist is refused, and the folder is not made."""
    with pytest.raises(StoreUnavailableError, match="nowhere does not exist"):
        reopen(tmp_path / "nowhere" / "store.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_folder_is_no_store(tmp_path: Path) -> None:
    """A folder in place of a file is refused."""
    with pytest.raises(StoreUnavailableError, match="is a folder"):
        reopen(tmp_path)


def test_address_that_is_no_url_is_refused() -> None:
    """A URL of an unknown kind of database is wrong input, with what to give instead."""
    with pytest.raises(InputError, match="give sqlite:///FILE, a path, or postgresql"):
        open_sql_store("carrier-pigeon://host/db", ManualClock())


def test_looking_makes_no_store_of_an_empty_file(tmp_path: Path) -> None:
    """A file that must hold a store but holds nothing is refused, and stays empty."""
    file = tmp_path / "store.sqlite"
    file.touch()
    with pytest.raises(StoreUnavailableError, match="holds nothing yet"):
        open_sql_store(str(file), ManualClock(), create=False, must_write=False)
    assert file.read_bytes() == b""
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite"]


@contextmanager
def powerless() -> Iterator[None]:
    """Let go of the rights of root, which no permission stops."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def sealed() -> Iterator[Path]:
    """Return a store that nobody may write, in a folder that nobody may write, where everybody may look."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "my #1 store.sqlite"
        new_store(file)
        file.chmod(0o444)
        folder.chmod(0o555)
        yield file
        folder.chmod(0o755)


def test_a_store_that_cannot_be_written_can_be_looked_at(sealed: Path) -> None:
    """A read-only store in a read-only folder is read, nothing is made beside it, and a change is refused."""
    with powerless():
        store = open_sql_store(str(sealed), ManualClock(), must_write=False)
        with store.read() as unit:
            assert [site.name for site in unit.list(Site)] == ["Sternwarte"]
        with pytest.raises(StoreUnavailableError, match="is read-only"), store.write() as unit:
            unit.add(Site(name="Zweite", latitude_deg=47, longitude_deg=8))
        store.close()
    assert [path.name for path in sealed.parent.iterdir()] == [sealed.name]


def test_a_host_does_not_begin_with_a_store_it_cannot_write(sealed: Path) -> None:
    """Where the store is opened to be written, one that cannot be is refused at once."""
    with powerless(), pytest.raises(StoreUnavailableError, match=r"is read-only|cannot be opened"):
        open_sql_store(str(sealed), ManualClock())


@pytest.mark.parametrize("copies", [(), ("backup-1", "backup-2")])
def test_a_damaged_store_names_the_backups_there_are(tmp_path: Path, copies: tuple[str, ...]) -> None:
    """The newest backup is named where there is one; where there is none, none is promised."""
    file = tmp_path / "store.sqlite"
    new_store(file)
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)
    for copy in copies:
        (tmp_path / f"store-{copy}.sqlite").write_bytes(b"")
    expected = "restore it from .*store-backup-1.sqlite" if copies else "there is no backup beside it"
    with pytest.raises(StoreUnavailableError, match=f"is damaged; {expected}"):
        open_sql_store(str(file), ManualClock(), create=False, must_write=False).read().__enter__().list(Site)
