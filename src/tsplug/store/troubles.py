"""What a database says when it fails, in one clear line for the user."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.store.backups import way_out
from tsplug.store.engines import LOCK_TIMEOUT_S, shown

_LOCKED = f"is locked by another program for more than {LOCK_TIMEOUT_S} s; close it or try again"
_FULL = "cannot be written because the disk is full; free some space"

_FAILED = "disk I/O error"
_SHORT_BYTES = 1_000_000
_UNOPENED = "unable to open"
_READ_ONLY = "is read-only; make the file and its folder writable"

_SYMPTOMS = {
    "locked": _LOCKED,
    "lock timeout": _LOCKED,
    "readonly": _READ_ONLY,
    "read-only transaction": "is read-only; give the server that may be written",
    _UNOPENED: "cannot be opened; check that its folder exists and may be written",
    "not a database": "is not an SQLite database; name another file",
    "disk is full": _FULL,
    "No space left": _FULL,
    _FAILED: "cannot be read or written (disk I/O error); look whether its disk is full, or fails",
    "password authentication failed": "refuses the user or the password; check both in the store URL",
    "no password supplied": "asks for a password; give it in the store URL or in ~/.pgpass",
    "role": "does not know the user; check the store URL",
    "too many clients": "has no connection left; close other programs or raise max_connections",
    "starting up": "is starting up; try again in a moment",
    "permission denied": "may not be used by this user; make the user the owner of the database",
}
# The first that occurs in what the database says is told.

_UNREACHABLE = ("Connection refused", "timeout expired", "not known", "failed to resolve", "unreachable", "No route")

_LOST = ("server closed the connection", "terminating connection", "connection is lost", "consuming input failed")


@contextmanager
def said_plainly(url: URL) -> Iterator[None]:
    """Turn what a database driver raises into an error with one clear line.

    Raises:
        StoreUnavailableError: the database cannot be opened, read or written.
        StoreError: a change contradicts what is stored, or a value is none that the database can keep.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise StoreError(f"the store {shown(url)} refused a change: {_reason(error)}; nothing was changed") from error
    except DBAPIError as error:
        raise StoreUnavailableError(f"the store {shown(url)} {_explained(error, url)}") from error


@contextmanager
def driver_said_plainly(url: URL) -> Iterator[None]:
    """Do the same with what SQLite's driver raises by itself, while a connection is prepared.

    Not in a unit of work: there it may be of another file, which whoever works on the store reads.

    Raises:
        StoreUnavailableError: the database cannot be opened, read or written.
    """
    try:
        with said_plainly(url):
            yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"the store {shown(url)} {_explained(error, url)}") from error


def _said(error: Exception) -> str:
    """Return what the database said, whether or not SQLAlchemy stands in between."""
    return str((isinstance(error, DBAPIError) and error.orig) or error).strip()


def _reason(error: Exception) -> str:
    """Return the first line of what the database said."""
    return (_said(error) or str(error)).splitlines()[0]


def _explained(error: Exception, url: URL) -> str:
    whole = _said(error)
    if "malformed" in whole:
        return f"is damaged; {_way_out(url)}"
    if "database" in whole and "does not exist" in whole:
        return f"does not exist on the server; make it: createdb {url.database}"
    if any(symptom in whole for symptom in _LOST) and "connection failed" not in whole:
        return _lost(error)
    if _UNOPENED in whole and url.get_backend_name() == "sqlite" and not _may_write(Path(str(url.database)).parent):
        return _READ_ONLY
    if any(symptom in whole for symptom in _UNREACHABLE):
        return "does not answer; check host and port in the store URL, and that the server runs"
    return _symptom(whole, url) or f"cannot be used: {_reason(error)}"


def _symptom(whole: str, url: URL) -> str | None:
    """Return the words for the first symptom that occurs in what the database said, if any."""
    if _FAILED in whole and url.get_backend_name() == "sqlite" and _is_full(Path(str(url.database)).parent):
        return _FULL
    return next((words for symptom, words in _SYMPTOMS.items() if symptom in whole), None)


def _is_full(folder: Path) -> bool:
    """Return whether a disk has no room for the files that SQLite needs beside a store."""
    return folder.exists() and shutil.disk_usage(folder).free < _SHORT_BYTES


def _lost(error: Exception) -> str:
    # A commit is no statement: whether the server still finished it, nobody here can know.
    if isinstance(error, DBAPIError) and error.statement is None:
        return "closed the connection while a change was being finished; look what is stored before you try again"
    return "closed the connection; nothing was changed; try again"


def _may_write(folder: Path) -> bool:
    """Return whether files can be made in a folder, or it is not there: no on a disk that is mounted read-only."""
    return not folder.exists() or os.access(folder, os.W_OK)


def _way_out(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return way_out(Path(str(url.database)))
    return "put back a copy of your own, or begin a new store"
