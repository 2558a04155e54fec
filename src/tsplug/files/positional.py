"""Reading and writing an open file at any place in it, where the system has a call for that and where it has none."""

from __future__ import annotations

import io
import os
from threading import Lock
from typing import Protocol

BYTES_AS_THEY_ARE = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""Flags of whoever opens a file for this: Windows would turn ends of lines, and children would inherit it."""


class PositionalFile(Protocol):
    """An open file whose places two threads may ask for at once; whoever opened it closes it."""

    @property
    def descriptor(self) -> int:
        """Return the descriptor that it was made from."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset`` on: fewer at the end, none behind it.

        Raises:
            OSError: they cannot be read.
        """
        ...

    def read_into(self, view: memoryview, offset: int) -> int:
        """Read into memory that is there already, and return how many bytes came: 0 at the end of the file.

        Raises:
            OSError: they cannot be read.
        """
        ...

    def write(self, offset: int, piece: bytes) -> None:
        """Write a whole piece at its place, in as many calls as the system wants.

        Where overwriting takes space (copy on write, a quota), a call may write less than it was given and say so only
        by its result.

        Raises:
            OSError: it cannot be written; part of it may be there.
        """
        ...


def positional(descriptor: int) -> PositionalFile:
    """Return an open file as one that is read and written at places; make one of it, and hand that on."""
    return SystemPlaces(descriptor) if hasattr(os, "preadv") else SoughtPlaces(descriptor)


class SystemPlaces:
    """Leaves the place to the system, call by call (`os.pread` and its like, which Windows has not)."""

    __slots__ = ("descriptor",)

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes; see `PositionalFile`."""
        return os.pread(self.descriptor, length, offset)

    def read_into(self, view: memoryview, offset: int) -> int:
        """Read into a view; see `PositionalFile`."""
        return os.preadv(self.descriptor, [view], offset)

    def write(self, offset: int, piece: bytes) -> None:
        """Write a piece; see `PositionalFile`."""
        view, written = memoryview(piece), 0
        while written < len(view):
            written += os.pwrite(self.descriptor, view[written:], offset + written)


class SoughtPlaces:
    """Goes to a place and reads there, one thread after the other; the place of the descriptor is lost."""

    __slots__ = ("_file", "_turn", "descriptor")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._file = io.FileIO(descriptor, "r+b", closefd=False)
        self._turn = Lock()

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes; see `PositionalFile`."""
        with self._turn:
            self._file.seek(offset)
            return self._file.read(length) or b""

    def read_into(self, view: memoryview, offset: int) -> int:
        """Read into a view; see `PositionalFile`."""
        with self._turn:
            self._file.seek(offset)
            return self._file.readinto(view) or 0

    def write(self, offset: int, piece: bytes) -> None:
        """Write a piece; see `PositionalFile`."""
        view, written = memoryview(piece), 0
        with self._turn:
            self._file.seek(offset)
            while written < len(view):
                written += self._file.write(view[written:]) or 0
