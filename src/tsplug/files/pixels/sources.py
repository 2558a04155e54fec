"""Pixel bytes of a file from any place in it, straight into memory that is there already."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from types import TracebackType
from typing import Protocol

from tsplug.files.pixels.claims import PixelError, cut_off
from tsplug.files.positional import PositionalFile

GENEROUS_RATIO = 20
"""Bytes that a packed one stands for at most in frames that were exposed; who claims more is unpacked once to count."""
_PIECE_BYTES = 1 << 20
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


class PixelSource(Protocol):
    """Gives the bytes of a file, unpacked."""

    @property
    def any_order(self) -> bool:
        """Tell whether places may be asked for in any order, and by two threads at once."""
        ...

    def require(self, end: int) -> None:
        """Fail if the file has fewer bytes than ``end``, before memory is taken for them.

        Raises:
            PixelError: it has.
        """
        ...

    def fill(self, view: memoryview, offset: int) -> None:
        """Fill a view with the bytes from ``offset`` on.

        Raises:
            PixelError: the file ends before, or cannot be unpacked.
            OSError: it cannot be read.
        """
        ...


class PlainSource:
    """The bytes of an open file as they are."""

    any_order = True

    def __init__(self, file: PositionalFile) -> None:
        self._file = file

    def require(self, end: int) -> None:
        """Hold the length of the file against ``end``."""
        length = os.fstat(self._file.descriptor).st_size
        if length < end:
            raise cut_off(length, end)

    def fill(self, view: memoryview, offset: int) -> None:
        """Fill a view; a file that was cut off since it was looked at is told."""
        done = 0
        while done < len(view):
            count = self._file.read_into(view[done:], offset + done)
            if count == 0:
                raise cut_off(offset + done, offset + len(view))
            done += count


class GzipSource:
    """The unpacked bytes of a gzip file; places are asked for in rising order."""

    any_order = False

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stream = gzip.open(file)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> GzipSource:
        """Return itself."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close the file."""
        self._stream.close()

    def require(self, end: int) -> None:
        """Take a usual length on trust, and count an unusual one by unpacking without keeping."""
        packed = self._file.stat().st_size
        if end <= GENEROUS_RATIO * packed:
            return
        there = 0
        try:
            with gzip.open(self._file) as stream:
                while there < end and (piece := stream.read(_PIECE_BYTES)):
                    there += len(piece)
        except _DAMAGED:
            pass
        if there < end:
            raise cut_off(there, end)

    def fill(self, view: memoryview, offset: int) -> None:
        """Fill a view."""
        done = 0
        try:
            self._stream.seek(offset)
            while done < len(view) and (count := self._stream.readinto(view[done:])):
                done += count
        except _DAMAGED as error:
            raise PixelError(f"cannot be unpacked: {error}; copy it again from where it was saved") from error
        if done < len(view):
            raise cut_off(offset + done, offset + len(view))
