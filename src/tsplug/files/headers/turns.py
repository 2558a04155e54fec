"""Whose turn it is at a frame: who writes its header or moves it waits for who does, and ends what was cut off."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tsplug.files.headers.journal import HeaderJournal
from tsplug.files.positional import BYTES_AS_THEY_ARE


@contextmanager
def locked(file: Path, *, flags: int = os.O_RDWR) -> Iterator[int]:
    """Open a file for which no other process writes a header or moves it meanwhile, as under another name of it.

    Raises:
        OSError: it cannot be opened.
    """
    while True:
        descriptor = os.open(file, flags | BYTES_AS_THEY_ARE)
        try:
            _take_turn(descriptor)
            # A copy may have taken the name while this waited.
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


@contextmanager
def at_rest(file: Path) -> Iterator[None]:
    """Hold a file that is about to be moved: its header is whole, and nobody writes it meanwhile.

    A file that may not be read is not held.

    Raises:
        OSError: a header that was cut off cannot be completed.
    """
    file = Path(os.path.realpath(file))
    with ExitStack() as held:
        with suppress(OSError):
            held.enter_context(locked(file, flags=os.O_RDONLY))
        HeaderJournal(file).complete()
        yield


def is_at_rest(file: Path) -> bool:
    """Return whether nobody moves a file or writes its header, as of one that is not there.

    Where the disk knows no locks nobody can tell, and it counts as none that is.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | BYTES_AS_THEY_ARE)
    except OSError as error:
        return error.errno in (errno.ENOENT, errno.ENOTDIR)
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
        descriptor = os.open(file, os.O_RDONLY | BYTES_AS_THEY_ARE)
    except OSError:
        return False
    try:
        return _take_turn(descriptor, wait=False) and journal.complete()
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _take_turn(descriptor: int, *, wait: bool = True) -> bool:
    """Return whether the file is this process's own now, which it is until it closes it."""
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
        return wait
    return True
