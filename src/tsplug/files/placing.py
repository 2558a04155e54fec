"""Lets a file appear under its name when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsplug.errors import InputError
from tsplug.files.parts import part_beside


@contextmanager
def placed(file: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a place beside a file to write to; on leaving it takes the file's name, on an exception nothing stays.

    Raises:
        InputError: the file is there and not to be replaced, or cannot be written.
    """
    check_place(file, force=force)
    part = part_beside(file)
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        check_place(file, force=force)
        part.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}; nothing was changed") from error
    finally:
        part.unlink(missing_ok=True)


def check_place(file: Path, *, force: bool) -> None:
    """Refuse a place that cannot be written, or a file that is not to be replaced.

    Raises:
        InputError: with what to do.
    """
    try:
        is_folder, has_folder, is_there = file.is_dir(), file.parent.is_dir(), file.exists()
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}; name another place") from error
    if is_folder:
        raise InputError(f"{file} is a folder; name a file in it")
    if not has_folder:
        raise InputError(f"{file} cannot be written: the folder {file.parent} does not exist; make it")
    if is_there and not force:
        raise InputError(f"{file} is there already; name another file, or replace it with --force")
