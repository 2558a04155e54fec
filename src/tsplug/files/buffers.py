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
_PART = ".part"
_NAMED = 80
# How much of a name parts have in theirs.


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
    """Remove what a process that is gone left half written of a file, as `tsplug.files.placing` names it.

    Looks beside the file and in the folders there, where pictures of frames lie. Return how many files there were.
    """
    left = [part for part in _parts_of(file, file.parent, deep=True) if not _is_alive(part.suffixes[-2][1:])]
    for part in left:
        with suppress(OSError):
            part.unlink()
    return len(left)


def _parts_of(file: Path, folder: Path, *, deep: bool) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(f".{file.name[:_NAMED]}.") and entry.name.endswith(_PART):
            yield Path(entry.path)
        elif deep and entry.is_dir(follow_symlinks=False):
            yield from _parts_of(file, Path(entry.path), deep=False)


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
