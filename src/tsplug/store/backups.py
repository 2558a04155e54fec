"""Copies of an SQLite store: one before each migration, and three rotating ones of earlier starts."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tsplug.errors import StoreUnavailableError

KEPT = 3

_log = logging.getLogger(__name__)


def keep_copy(file: Path, label: str, *, source: Any = None) -> Path:
    """Copy a store before something risky and return the copy, which is kept.

    The copy has its name only once it is whole and sound. ``source`` is a connection of the driver to copy through,
    where nobody else can open the store.

    Raises:
        StoreUnavailableError: it cannot be copied, or is damaged.
    """
    copy, fresh = file.with_name(f"{file.stem}-{label}{file.suffix}"), _unfinished(file)
    try:
        if source is None:
            _copy(file, fresh)
        else:
            _copy_through(source, fresh)
        damage = _damage(fresh)
        if not damage:
            fresh.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(
            f"the store {file} cannot be backed up to {copy}: {error}; nothing was changed"
        ) from error
    finally:
        _drop(fresh)
    if damage:
        raise StoreUnavailableError(f"the store {file} is damaged ({damage}); {way_out(file)}; nothing was changed")
    return copy


def rotate_backup(file: Path) -> None:
    """Copy a store as backup 1, pushing the earlier ones to 2 and 3, unless it has not changed since the newest.

    A damaged store never takes the place of a good backup. A backup that fails is logged: it must not keep a night
    from starting.
    """
    backups, fresh = _places(file), _unfinished(file)
    try:
        if backups[0].exists() and _changed_at(file) <= backups[0].stat().st_mtime_ns:
            return
        _copy(file, fresh)
        if damage := _damage(fresh):
            _log.error("the store %s is damaged (%s): its backups stay as they are; %s", file, damage, way_out(file))
            return
        for older, newer in zip(reversed(backups), reversed(backups[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)
        fresh.replace(backups[0])
    except (OSError, sqlite3.Error) as error:
        _log.warning("no backup of %s was made: %s", file, error)
    finally:
        _drop(fresh)


def way_out(file: Path) -> str:
    """Return what to do about a damaged store: name its newest backup, if it has one."""
    if (newest := newest_backup(file)) is not None:
        return f"restore it from {newest}"
    return "there is no backup beside it: put back a copy of your own, or begin a new store"


def newest_backup(file: Path) -> Path | None:
    """Return the newest backup beside a store, or None where there is none."""
    return next((backup for backup in _places(file) if backup.exists()), None)


def _places(file: Path) -> list[Path]:
    """Return where the backups of a store lie, newest first."""
    return [file.with_name(f"{file.stem}-backup-{number}{file.suffix}") for number in range(1, KEPT + 1)]


def _unfinished(file: Path) -> Path:
    """Return where a copy is made: under a name of this process, which is no backup's."""
    return file.with_name(f"{file.name}.{os.getpid()}.new")


def _copy(file: Path, copy: Path) -> None:
    """Copy through SQLite, which sees what other connections have committed and never half a page.

    What a killed program left in the write-ahead log is in the copy too; the copy needs no log of its own.
    """
    with closing(sqlite3.connect(file)) as source:
        _copy_through(source, copy)


def _copy_through(source: sqlite3.Connection, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _damage(file: Path) -> str:
    """Return the first thing that SQLite finds wrong with the pages of a file, empty if it is sound."""
    with closing(sqlite3.connect(file)) as connection:
        try:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)
    return "" if found == "ok" else found.splitlines()[-1]


def _drop(fresh: Path) -> None:
    """Remove what is left of a copy, with what SQLite made beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with suppress(OSError):
            fresh.with_name(f"{fresh.name}{suffix}").unlink()


def _changed_at(file: Path) -> int:
    """Return when a store was last written, in nanoseconds; its newest pages may be in the write-ahead log."""
    log = file.with_name(f"{file.name}-wal")
    return max(part.stat().st_mtime_ns for part in (file, log) if part.exists())
