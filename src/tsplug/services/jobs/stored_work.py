"""A job about a frame in a storage that is no folder: it is fetched, worked on, and put back where that changed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tsplug.ports import FrameStorage, FrameTask

_HIDDEN = "."


def is_stored(file: str) -> bool:
    """Return whether a job's file is an address in a storage."""
    return "://" in file


def work_on_stored(task: FrameTask, storage: FrameStorage, *, folder: Path, work: Callable[[FrameTask], None]) -> None:
    """Work on a copy, and put back what changed and what came beside it, such as a picture.

    That takes minutes. A frame that was moved meanwhile does not come back under its old name, and one that was given
    that name is not overwritten: nothing is put back then, pictures neither.

    Args:
        task: names the address of the frame.
        storage: where it is.
        folder: an empty one for the copy, which is the caller's to remove.
        work: works on a frame on disk, and raises something where what it did must not be put back.

    Raises:
        FileError: it cannot be fetched or put back, or is no longer what lies at the address.
    """
    file = storage.fetch(task.file, folder)
    fetched, before = storage.mark(file), _stamp(file)
    work(replace(task, file=str(file), address=task.file))
    if _stamp(file) != before:
        storage.replace(file, task.file, expected=fetched)
    else:
        storage.check_still(task.file, fetched)
    place = task.file.rpartition("/")[0]
    for made in sorted(folder.rglob("*")):
        if made.is_file() and made != file and not made.name.startswith(_HIDDEN):
            storage.replace(made, f"{place}/{made.relative_to(folder).as_posix()}")


def _stamp(file: Path) -> tuple[int, int, int]:
    told = file.stat()
    return told.st_size, told.st_mtime_ns, told.st_ino
