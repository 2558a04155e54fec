"""Copies of an SQLite store: one before each migration, and three rotating ones of earlier starts."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tsplug.errors import StoreUnavailableError

KEPT = 3

_log = logging.getLogger(__name__)


def keep_copy(file: Path, label: str) -> Path:
    """Copy a store before something risky and return the copy, which is kept.

    Raises:
        StoreUnavailableError: it cannot be copied.
    """
    copy = file.with_name(f"{file.stem}-{label}{file.suffix}")
    try:
        _copy(file, copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(
            f"the store {file} cannot be backed up to {copy}: {error}; nothing was changed"
        ) from error
    return copy


def rotate_backup(file: Path) -> None:
    """Copy a store as backup 1, pushing the earlier ones to 2 and 3, unless it has not changed since the newest.

    A backup that fails is logged: it must not keep a night from starting.
    """
    backups = _places(file)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        if backups[0].exists() and _changed_at(file) <= backups[0].stat().st_mtime_ns:
            return
        _copy(file, fresh)
        for older, newer in zip(reversed(backups), reversed(backups[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)
        fresh.replace(backups[0])
    except (OSError, sqlite3.Error) as error:
        fresh.unlink(missing_ok=True)
        _log.warning("no backup of %s was made: %s", file, error)


def newest_backup(file: Path) -> Path | None:
    """Return the newest backup beside a store, or None where there is none."""
    return next((backup for backup in _places(file) if backup.exists()), None)


def _places(file: Path) -> list[Path]:
    """Return where the backups of a store lie, newest first."""
    return [file.with_name(f"{file.stem}-backup-{number}{file.suffix}") for number in range(1, KEPT + 1)]


def _copy(file: Path, copy: Path) -> None:
    """Copy through SQLite, which sees what other connections have committed and never half a page."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _changed_at(file: Path) -> int:
    """Return when a store was last written, in nanoseconds; its newest pages may be in the write-ahead log."""
    log = file.with_name(f"{file.name}-wal")
    return max(part.stat().st_mtime_ns for part in (file, log) if part.exists())
