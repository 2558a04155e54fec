"""Writes result files whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tsplug.errors import FileError

_FORBIDDEN = re.compile(r'[\s\\/:*?"<>|\x00-\x1f\x7f]')
_LONGEST = 100


def file_stem(name: str) -> str:
    """Return a name as the beginning of a file name: blanks, and what file systems refuse, become ``_``."""
    stem = _FORBIDDEN.sub("_", name.strip())[:_LONGEST]
    return re.sub(r"^\.+", lambda dots: "_" * len(dots[0]), stem) or "_"


def write_text(file: Path, text: str) -> Path:
    """Write a text file as UTF-8 with LF, making its folder; a reader sees the old file or the new one, never a part.

    Raises:
        FileError: the folder or file cannot be written.
    """
    return write_parts(file, [text.encode("utf-8")])


def write_parts(file: Path, parts: Iterable[bytes]) -> Path:
    """Write a file from parts that are made one after the other, as `write_text` does.

    Raises:
        FileError: the folder or file cannot be written. What making a part raises leaves no file behind either.
    """
    partial: Path | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name[:40]}.", suffix=".part", dir=file.parent)
        partial = Path(name)
        with os.fdopen(handle, "wb") as stream:
            for part in parts:
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o644)
        partial.replace(file)
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}; choose another folder") from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
    return file
