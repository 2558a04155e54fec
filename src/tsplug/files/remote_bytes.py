"""Bytes of a file in a storage from any place in it: of a frame little more than its header travels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from tsplug.errors import FileError, OutOfReachError


@contextmanager
def told(address: str) -> Iterator[None]:
    """Tell in one line what a storage raises, of whatever kind: each has errors of its own.

    Raises:
        FileError: as it comes.
        OutOfReachError: instead of anything else.
    """
    try:
        yield
    except FileError:
        raise
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise OutOfReachError(f"{address} cannot be reached: {why}") from error


class RemoteBytes:
    """An open file in a storage, as a source of headers and of what is checked of pixels."""

    any_order = False

    def __init__(self, address: str, stream: IO[Any], *, size_bytes: int) -> None:
        """Take the file, where it lies and its length."""
        self._address = address
        self._stream = stream
        self.size_bytes = size_bytes

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset`` on: fewer at the end, none behind it.

        Raises:
            OutOfReachError: the storage does not give them.
        """
        with told(self._address):
            self._stream.seek(offset)
            return bytes(self._stream.read(length))

    def require(self, end: int) -> None:
        """Hold the length of the file against ``end``.

        Raises:
            PixelError: the file is shorter.
        """
        from tsplug.files.pixels.claims import cut_off

        if self.size_bytes < end:
            raise cut_off(self.size_bytes, end)

    def fill(self, view: memoryview, offset: int) -> None:
        """Fill a view with the bytes from ``offset`` on.

        Raises:
            PixelError: the file ends before.
            OutOfReachError: the storage does not give them.
        """
        from tsplug.files.pixels.claims import cut_off

        piece = self.read(offset, len(view))
        if len(piece) < len(view):
            raise cut_off(offset + len(piece), offset + len(view))
        view[:] = piece
