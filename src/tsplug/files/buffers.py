"""Folders for what is in the making: each belongs to a living process, and goes with it even where it is killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from tsplug.errors import OutOfReachError

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
            OutOfReachError: it cannot be made: its disk is full or not writable, which is no frame's fault.
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
            raise OutOfReachError(f"the buffer {folder} cannot be made: {error.strerror or error}") from error

    def sweep(self) -> int:
        """Remove the folders of processes that are gone; return how many there were."""
        try:
            folders = [entry for entry in self._root.iterdir() if entry.is_dir()]
        except FileNotFoundError:
            return 0
        return sum(_remove_if_left(folder) for folder in folders)


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
