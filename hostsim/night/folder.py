"""The output folder: made only if it can be written, used by one night at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tsplug import FileError


@contextmanager
def output_folder(out: Path) -> Iterator[None]:
    """Make a folder and hold it for this process; a folder that stays empty is removed again.

    Raises:
        FileError: it cannot be made or written, or another night runs in it.
    """
    made = _make(out)
    descriptor = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FileError(f"{out}: another hostsim runs a night in this folder: choose another --out") from error
        _probe(out)
        yield
    finally:
        os.close(descriptor)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _make(out: Path) -> list[Path]:
    made: list[Path] = []
    try:
        missing = [folder for folder in (out, *out.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir()
            made.append(folder)
        if not out.is_dir():
            raise FileError(f"{out}: is not a folder: choose another --out")
    except OSError as error:
        for folder in reversed(made):
            folder.rmdir()
        raise FileError(f"{out}: the output folder cannot be made ({error.strerror}): choose another --out") from error
    return made


def _probe(out: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise FileError(
            f"{out}: the output folder cannot be written ({error.strerror}): choose another --out"
        ) from error
