"""Moves a file without ever overwriting another, also between disks."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tsplug.errors import FileError
from tsplug.files.headers.turns import at_rest
from tsplug.files.parts import part_beside

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
# What file systems without hard links answer.


def move_file(source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
    """Give a file another name; folders on the way are made. Whenever it stops, the file is whole under one of them.

    Args:
        source: its name.
        target: its new name.
        begin: called when the file is held and about to be moved.

    Raises:
        FileError: the source is missing, the target exists, or the disk refuses; the source is where it was then.
    """
    _check_there(source)
    if target.exists():
        raise FileError(f"{target} is there already; {source} stays where it is")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with at_rest(source):
            # Another may have moved it while this waited.
            _check_there(source)
            if begin is not None:
                begin()
            _claim(source, target)
    except OSError as error:
        raise FileError(f"{source} cannot be moved to {target}: {error.strerror or error}") from error


def _check_there(source: Path) -> None:
    if not source.is_file():
        raise FileError(f"{source} is not there; nothing was moved")


def _claim(source: Path, target: Path) -> None:
    try:
        # A second name fails where one is taken, which a rename would silently replace.
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            copy_file(source, target)
        elif error.errno in _NO_LINKS:
            _rename(source, target)
            return
        else:
            raise
    try:
        source.unlink()
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _rename(source: Path, target: Path) -> None:
    if target.exists():
        raise FileExistsError(errno.EEXIST, "File exists", str(target))
    source.rename(target)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, also to another disk; the target appears when all of it is written there.

    Raises:
        FileExistsError: there is a target.
        OSError: the disk refuses.
    """
    part = part_beside(target)
    try:
        shutil.copy2(source, part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        try:
            os.link(part, target)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _rename(part, target)
    finally:
        part.unlink(missing_ok=True)
