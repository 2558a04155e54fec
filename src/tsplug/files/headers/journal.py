"""A note beside a frame of what is being written into its header, so that a write that was cut off is completed."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

ENDING = ".header"
"""How the names of such notes end; they begin with a point."""

_MAGIC = b"tsplug header 1\n"
_HEAD = struct.Struct(">16sQQQQI")
_MOST_BYTES = 1 << 21


class HeaderJournal:
    """The note of one frame."""

    def __init__(self, file: Path) -> None:
        """Take the frame; nothing is read or written yet."""
        self._file = file
        self._note = file.with_name(f".{file.name[:200]}{ENDING}")

    def write(self, offset: int, piece: bytes) -> None:
        """Note what is about to be written where; it is on disk when this returns.

        Raises:
            OSError: it cannot be noted; the frame is untouched.
        """
        status = self._file.stat()
        head = _HEAD.pack(_MAGIC, status.st_ino, status.st_size, offset, len(piece), zlib.crc32(piece))
        descriptor = os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            left = memoryview(head + piece)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        except OSError:
            self.remove()
            raise
        finally:
            os.close(descriptor)

    def remove(self) -> None:
        """Forget the note."""
        self._note.unlink(missing_ok=True)

    def complete(self) -> bool:
        """Write what was noted and not finished, and return whether something was; a note that is no use goes.

        A note that is not whole was cut off itself, before the frame was touched. One of another file of this name,
        or of this one before it was replaced, means nothing.

        Raises:
            OSError: the frame cannot be written.
        """
        try:
            noted = self._note.read_bytes()[:_MOST_BYTES]
        except FileNotFoundError:
            return False
        write = self._noted(noted)
        if write is not None:
            offset, piece = write
            descriptor = os.open(self._file, os.O_WRONLY)
            try:
                write_at(descriptor, piece, offset=offset)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self.remove()
        return write is not None

    def _noted(self, noted: bytes) -> tuple[int, bytes] | None:
        if len(noted) < _HEAD.size:
            return None
        magic, inode, size, offset, length, told = _HEAD.unpack_from(noted)
        piece = noted[_HEAD.size :]
        status = self._file.stat()
        whole = magic == _MAGIC and len(piece) == length and zlib.crc32(piece) == told
        same = (status.st_ino, status.st_size) == (inode, size) and offset + length <= size
        return (offset, piece) if whole and same else None


def write_at(descriptor: int, piece: bytes, *, offset: int) -> None:
    """Write a whole piece at its place, in as many calls as the system wants.

    Where overwriting takes space (copy on write, a quota), a call may write less than it was given and say so only by
    its result.

    Raises:
        OSError: it cannot be written; part of it may be there.
    """
    written = 0
    while written < len(piece):
        written += os.pwrite(descriptor, memoryview(piece)[written:], offset + written)
