"""Whose turn it is at a frame: who writes its header or moves it waits for who does, and ends what was cut off."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tsplug.files.headers.journal import HeaderJournal
from tsplug.files.positional import BYTES_AS_THEY_ARE

PATIENCE_S = 10.0
"""How long who moves a file waits for its turn: a copy of a frame is written in that time, and a night must go on."""

_LOOK_S = 0.05
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ETXTBSY)


@contextmanager
def locked(file: Path, *, reads: bool = False, patience_s: float | None = None) -> Iterator[int]:
    """Open a file for which no other process writes a header or moves it meanwhile, as under another name of it.

    Args:
        file: is opened to be written.
        reads: a file that may only be read will do.
        patience_s: how long to wait for who is at it; None waits until that has ended.

    Raises:
        BlockingIOError: it was another's for all that time.
        OSError: it cannot be opened.
    """
    while True:
        descriptor = _opened_to_read(file) if reads else os.open(file, os.O_RDWR | BYTES_AS_THEY_ARE)
        try:
            _wait_for_turn(descriptor, patience_s)
            # A copy may have taken the name while this waited.
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


@contextmanager
def at_rest(file: Path, *, patience_s: float = PATIENCE_S) -> Iterator[int | None]:
    """Hold a file that is about to be moved: its header is whole, and nobody writes it meanwhile.

    Gives the file as it is open; None of a file that may not be read, which is not held.

    Raises:
        BlockingIOError: somebody was at it for longer than is waited.
        OSError: a header that was cut off cannot be completed.
    """
    file = Path(os.path.realpath(file))
    with ExitStack() as held:
        descriptor = None
        try:
            descriptor = held.enter_context(locked(file, reads=True, patience_s=patience_s))
        except BlockingIOError:
            raise
        except OSError:
            pass
        HeaderJournal(file).complete()
        yield descriptor


def is_at_rest(file: Path) -> bool | None:
    """Return whether nobody moves a file or writes its header, as of one that is not there.

    Where the disk knows no locks nobody can tell, and it is None.
    """
    try:
        descriptor = _opened_to_read(file)
    except OSError as error:
        return True if error.errno in (errno.ENOENT, errno.ENOTDIR) else None
    try:
        return _take_turn(descriptor, wait=False)
    finally:
        os.close(descriptor)


def finish_header(file: Path) -> bool:
    """Complete what a process that is gone began to write into a header, and return whether there was anything.

    Where somebody is at it, or the disk refuses, nothing is done: who writes next completes it.
    """
    file = Path(os.path.realpath(file))
    journal = HeaderJournal(file)
    if not journal.is_there:
        return False
    try:
        descriptor = _opened_to_read(file)
    except OSError:
        return False
    try:
        return bool(_take_turn(descriptor, wait=False)) and journal.complete()
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _opened_to_read(file: Path) -> int:
    """Open a file so that it can be locked: network disks lock only what may be written."""
    try:
        return os.open(file, os.O_RDWR | BYTES_AS_THEY_ARE)
    except OSError as error:
        if error.errno not in _READ_ONLY:
            raise
    return os.open(file, os.O_RDONLY | BYTES_AS_THEY_ARE)


def _wait_for_turn(descriptor: int, patience_s: float | None) -> None:
    if patience_s is None:
        _take_turn(descriptor)
        return
    ends_s = time.monotonic() + patience_s
    while _take_turn(descriptor, wait=False) is False:
        if time.monotonic() >= ends_s:
            raise BlockingIOError(errno.EAGAIN, "another process writes or moves it")
        time.sleep(_LOOK_S)


def _take_turn(descriptor: int, *, wait: bool = True) -> bool | None:
    """Return whether the file is this process's own now, which it is until it closes it; None where nobody can tell."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        # Some network disks have no locks; the queue keeps jobs on one path apart there too.
        return None
    return True
