"""Whether two files are the same: all of them, or by a mark of each, which is its length and both its ends."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tsplug.errors import FileError, NameTakenError
from tsplug.files.remote_bytes import RemoteBytes

_PART_BYTES = 1 << 20
_END_BYTES = 1 << 16
# Holds the header of any frame that is written into, and pixels with noise of their own behind it.


def content_mark(source: RemoteBytes) -> str:
    """Return the mark of a file: another for any other length, header, first or last pixels.

    Times and tags that storages keep would not do: some have none, and some change them where a file is only read.

    Raises:
        OutOfReachError: it cannot be read.
    """
    last = max(source.size_bytes - _END_BYTES, 0)
    ends = source.read(0, _END_BYTES) + source.read(last, _END_BYTES)
    return f"{source.size_bytes}-{hashlib.sha256(ends).hexdigest()}"


def mark_of_file(file: Path) -> str:
    """Return the mark of a file on this machine.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        return content_mark(RemoteBytes(str(file), stream, size_bytes=file.stat().st_size))


def taken(address: str) -> NameTakenError:
    """Return the error of a file whose name another one has."""
    return NameTakenError(f"{address} is there already and is another file; nothing was changed")


def check_mark(address: str, found: str | None, *, expected: str) -> None:
    """Hold the mark of what was found at an address against the one that is expected there; None found nothing.

    Raises:
        FileError: they differ.
    """
    if found is None:
        raise FileError(f"{address}: missing: it was moved or removed meanwhile, and nothing was put back there")
    if found != expected:
        raise FileError(f"{address}: changed meanwhile, or another file has its name; nothing was put back there")


def same_content(one: IO[Any], other: IO[Any]) -> bool:
    """Return whether what is left of two files is the same."""
    return all(first == second for first, second in itertools.zip_longest(_parts(one), _parts(other)))


def _parts(stream: IO[Any]) -> Iterator[bytes]:
    while part := stream.read(_PART_BYTES):
        yield part
