"""Opening a store: make a new one, bring an older one up to date, refuse a newer one."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Dialect, Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from tsplug.errors import InputError, StoreTooNewError, StoreUnavailableError
from tsplug.ports import Clock
from tsplug.store.backups import keep_copy, rotate_backup
from tsplug.store.database import SqlStore, transaction
from tsplug.store.engines import ACCEPTED, engine_for, is_in_memory, parse_url, shown, without_password
from tsplug.store.migrating import alone, ids_kept, refuse_older_hosts, tell_revision
from tsplug.store.row_changes import note_changes
from tsplug.store.tables import METADATA
from tsplug.store.troubles import driver_said_plainly

REVISIONS = tuple(f"{number:04d}" for number in range(1, 24))
"""Every revision of the schema, oldest first; a test holds this against the migrations."""

VERSION_TABLE = "alembic_version"
_PRIMARY_CODE = 0xFF
_DECLARED: dict[str, tuple[str, ...]] = {}


def open_sql_store(
    address: str, clock: Clock, *, create: bool = True, keep_copy: bool = True, must_write: bool = True
) -> SqlStore:
    """Open the store at a database URL or SQLite path, and bring an older one up to date after a copy.

    Args:
        address: the URL or path.
        clock: what tells units the time.
        create: make a new store where there is nothing.
        keep_copy: keep a copy of an SQLite store as it was found, the newest three.
        must_write: refuse an SQLite store that cannot be written; it is opened for reading otherwise.

    Raises:
        InputError: the URL is none, or names a database there is no driver for.
        StoreTooNewError: a newer tsplug wrote it; it is left untouched.
        StoreUnavailableError: it cannot be opened or written, or holds something else, or nothing though it must.
    """
    try:
        url = parse_url(address)
        engine = engine_for(url, immutable=not must_write and _only_readable(url))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise InputError(f"the store URL {without_password(address)!r} cannot be used: {error}; {ACCEPTED}") from error
    tell_revision(engine, REVISIONS[-1])
    made = _absent(url)
    try:
        if is_in_memory(url):
            _make(engine)
        else:
            _prepare(engine, create=create, keep_copy=keep_copy)
            if must_write and url.get_backend_name() == "sqlite":
                _use_wal(engine)
            _bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        if made is not None:
            _remove_if_empty(made)
        raise
    return SqlStore(engine, clock)


def _prepare(engine: Engine, *, create: bool, keep_copy: bool) -> None:
    """Hold what is found against what may be, and copy what may be changed."""
    url = engine.url
    if (file := _file_of(url)) is not None:
        _check_place(file)
    with transaction(engine, writable=False) as connection:
        found = _revision(connection, url)
    if found is None and not create:
        raise StoreUnavailableError(
            f"the store {shown(url)} holds nothing yet; run a night, import a catalogue, or give --db"
        )
    if file is not None and found is not None and keep_copy:
        rotate_backup(file)


def _bring_up_to_date(engine: Engine) -> None:
    with transaction(engine, writable=False) as connection:
        found = _revision(connection, engine.url)
    if found is None:
        found = _make(engine)
    if found != REVISIONS[-1]:
        # Kept connections would count as a program that uses the store, for another that starts now too.
        engine.dispose()
        with alone(engine.url) as exclusive:
            _keep_older(exclusive)
            _migrate(exclusive)


def _keep_older(engine: Engine) -> None:
    """Keep a copy of an SQLite store that is still older, while nobody else can change it."""
    if (file := _file_of(engine.url)) is None:
        return
    with transaction(engine, writable=False) as connection:
        if _revision(connection, engine.url) != REVISIONS[-1]:
            keep_copy(file, f"before-{REVISIONS[-1]}", source=connection.connection.dbapi_connection)


def _file_of(url: URL) -> Path | None:
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _absent(url: URL) -> Path | None:
    """Return the file of an SQLite store that is not there yet."""
    file = _file_of(url)
    return None if file is None or is_in_memory(url) or file.exists() else file


def _remove_if_empty(file: Path) -> None:
    """Remove the file of a store that could not be made, unless another program has made it meanwhile."""
    log, index = (file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))
    with suppress(OSError, sqlite3.Error):
        if log.exists() and log.stat().st_size > 0:
            return
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables:
            for each in (file, log, index):
                each.unlink(missing_ok=True)


def _only_readable(url: URL) -> bool:
    """Return whether SQLite needs files beside a store to read it and cannot make them; nobody else writes it then."""
    file = _file_of(url)
    if file is None or is_in_memory(url) or not file.is_file() or file.with_name(f"{file.name}-wal").exists():
        return False
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & _PRIMARY_CODE in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
    return False


def _check_place(file: Path) -> None:
    if file.is_dir():
        raise StoreUnavailableError(f"the store {file} is a folder; name a file in it")
    if not file.parent.is_dir():
        raise StoreUnavailableError(
            f"the store {file} cannot be opened: the folder {file.parent} does not exist; make it"
        )


def _revision(connection: Connection, url: URL) -> str | None:
    """Return the revision of a store's schema, or None where nothing is stored yet.

    Raises:
        StoreTooNewError: it is none that this tsplug knows.
        StoreUnavailableError: the database holds something else.
    """
    names = inspect(connection).get_table_names()
    if VERSION_TABLE not in names:
        if names:
            raise StoreUnavailableError(f"the store {shown(url)} is a database of another program; name another file")
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
    if found is not None and found not in REVISIONS:
        raise StoreTooNewError(
            f"the store {shown(url)} was written by a newer tsplug (schema {found}, this one knows up to"
            f" {REVISIONS[-1]}); update tsplug, or name another store"
        )
    return found


def _use_wal(engine: Engine) -> None:
    # Outside a transaction, where SQLite allows the change; it stays with the file.
    with driver_said_plainly(engine.url), engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.cursor().execute("PRAGMA journal_mode = WAL")


def _make(engine: Engine) -> str:
    """Make the schema where there is none, in one transaction, and return the revision that is there then.

    Of two programs that start together, one makes it. The tables are made as they are declared: to repeat how they
    came to be costs five times as much, and tests hold the one result against the other.
    """
    with transaction(engine, writable=True) as connection:
        if (found := _revision(connection, engine.url)) is not None:
            return found
        for statement in _declared(connection.dialect):
            connection.exec_driver_sql(statement)
        note_changes(connection)
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:revision)"), {"revision": REVISIONS[-1]})
        return REVISIONS[-1]


def _declared(dialect: Dialect) -> tuple[str, ...]:
    """Return what makes all tables as they are declared; to word it costs twice what it then costs to do it."""
    if dialect.name not in _DECLARED:
        parts: list[ExecutableDDLElement] = []
        for table in METADATA.sorted_tables:
            parts += [CreateTable(table), *map(CreateIndex, sorted(table.indexes, key=lambda index: str(index.name)))]
        _DECLARED[dialect.name] = tuple(str(part.compile(dialect=dialect)) for part in parts)
    return _DECLARED[dialect.name]


def _migrate(engine: Engine) -> None:
    """Bring the schema up to date in one transaction; two programs that start together do it once."""
    # Imported here: most starts find nothing to migrate, and Alembic is slow to import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with transaction(engine, writable=True, migrating=True) as connection:
        refuse_older_hosts(connection)
        config.attributes["connection"] = connection
        with ids_kept(connection):
            command.upgrade(config, "head")
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """Hold every reference against what it refers to, because SQLite does not while tables are made anew.

    Raises:
        StoreUnavailableError: one leads nowhere; the migration is undone.
    """
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise StoreUnavailableError(
            f"the store {shown(connection.engine.url)} has {len(broken)} references to nothing in {tables} and cannot"
            " be brought up to date; run the tsplug that wrote it with `tsplug doctor --fix` first"
        )
