"""Moves a file without ever overwriting another, also between disks."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tsplug.errors import FileError
from tsplug.files.headers.turns import PATIENCE_S, at_rest
from tsplug.files.parts import part_beside, sweep_folder

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
# What file systems without hard links answer.
_COPIED_BYTES = 1 << 20


def move_file(
    source: Path, target: Path, *, begin: Callable[[], None] | None = None, patience_s: float = PATIENCE_S
) -> None:
    """Give a file another name; folders on the way are made. Whenever it stops, the file is whole under one of them.

    Args:
        source: its name.
        target: its new name.
        begin: called when the file is held and about to be moved.
        patience_s: how long to wait for who writes it.

    Raises:
        FileError: the source is missing, the target exists, or the disk refuses; the source is where it was then.
    """
    _check_there(source)
    if target.exists():
        raise FileError(f"{target} is there already; {source} stays where it is")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with at_rest(source, patience_s=patience_s) as opened:
            # Another may have moved it while this waited.
            _check_there(source)
            if begin is not None:
                begin()
            _claim(source, target, opened=opened)
    except BlockingIOError as error:
        raise FileError(
            f"{source} stays: {error.strerror}; tsplug doctor --fix moves it when that has ended"
        ) from error
    except OSError as error:
        raise FileError(f"{source} cannot be moved to {target}: {error.strerror or error}") from error


def _check_there(source: Path) -> None:
    if not source.is_file():
        raise FileError(f"{source} is not there; nothing was moved")


def _claim(source: Path, target: Path, *, opened: int | None) -> None:
    try:
        # A second name fails where one is taken, which a rename would silently replace.
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            copy_file(source, target, opened=opened)
        elif error.errno in _NO_LINKS:
            _rename(source, target)
            return
        elif not _is_repeated(error, source, target=target):
            raise
    try:
        source.unlink()
    except FileNotFoundError:
        # As was wanted: a network disk asks again where an answer was lost, or somebody finished the move.
        return
    except OSError:
        if source.exists():
            target.unlink(missing_ok=True)
        raise


def _is_repeated(error: OSError, source: Path, *, target: Path) -> bool:
    """Return whether a name was given, and the answer to that was lost, so that it was asked for again."""
    return error.errno == errno.EEXIST and source.samefile(target)


def _rename(source: Path, target: Path) -> None:
    if target.exists():
        raise FileExistsError(errno.EEXIST, "File exists", str(target))
    try:
        source.rename(target)
    except FileNotFoundError:
        # An answer that was lost is asked for again.
        if not target.exists():
            raise


def copy_file(source: Path, target: Path, *, opened: int | None = None) -> None:
    """Copy a file, also to another disk; the target appears when all of it is written there.

    Args:
        source: the file.
        target: its copy.
        opened: the file as it is open and locked, if it is: some network disks let nobody else read it then.

    Raises:
        FileExistsError: there is a target.
        OSError: the disk refuses.
    """
    # Of a copy that was killed, be it of this file or of another.
    sweep_folder(target.parent)
    part = part_beside(target)
    try:
        _copy(source, part, opened=opened)
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


def _copy(source: Path, part: Path, *, opened: int | None) -> None:
    if opened is None:
        shutil.copy2(source, part)
        return
    with os.fdopen(os.dup(opened), "rb") as content, part.open("wb") as written:
        content.seek(0)
        shutil.copyfileobj(content, written, _COPIED_BYTES)
    if not os.path.samestat(os.fstat(opened), source.stat()):
        # By a program that knows nothing of turns.
        raise OSError(errno.EBUSY, "another file took its name meanwhile")
    shutil.copystat(source, part)
