"""Folders for what is in the making: each belongs to a living process, and goes with it even where it is killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from tsplug.errors import FileError

_LOCK = "lock"


class Buffers:
    """A folder of such folders."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when it is needed."""
        self._root = root

    @contextmanager
    def claimed(self) -> Iterator[Path]:
        """Give a new folder, which is removed on leaving, or by the next `sweep` where this process is killed.

        Raises:
            FileError: it cannot be made.
        """
        lock = self._new()
        folder = Path(lock.name).parent
        with lock:
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _new(self) -> IO[str]:
        """Make a folder and return its lock, which this process holds."""
        folder = self._root / str(uuid4())
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            while True:
                folder.mkdir(exist_ok=True)
                # A sweep may take away a folder that has no lock yet.
                with suppress(FileNotFoundError):
                    lock = (folder / _LOCK).open("w")
                    if _locks(lock) and (folder / _LOCK).exists():
                        return lock
                    lock.close()
        except OSError as error:
            raise FileError(f"the buffer {folder} cannot be made: {error.strerror or error}") from error

    def sweep(self) -> int:
        """Remove the folders of processes that are gone; return how many there were."""
        try:
            folders = [entry for entry in self._root.iterdir() if entry.is_dir()]
        except FileNotFoundError:
            return 0
        return sum(_remove_if_left(folder) for folder in folders)


def sweep_parts(file: Path) -> int:
    """Remove what a process that is gone left half written beside a file, as `tsplug.files.placing` names it.

    Return how many files there were.
    """
    name = f".{file.name[:80]}."
    try:
        parts = [entry for entry in file.parent.iterdir() if entry.name.startswith(name) and entry.suffix == ".part"]
    except OSError:
        return 0
    left = [part for part in parts if not _is_alive(part.name[len(name) : -len(".part")])]
    for part in left:
        with suppress(OSError):
            part.unlink()
    return len(left)


def _remove_if_left(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            if not _locks(lock):
                return False
            shutil.rmtree(folder, ignore_errors=True)
            return True
    except FileNotFoundError:
        with suppress(OSError):
            folder.rmdir()
            return True
        return False
    except OSError:
        return False


def _locks(lock: IO[str]) -> bool:
    """Return whether a file could be locked, which the system undoes when this process ends, however it does."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows removes no file that is open, which does as well
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(process: str) -> bool:
    """Return whether a process of this machine is, by its number; what is no number is nobody's."""
    if not process.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
