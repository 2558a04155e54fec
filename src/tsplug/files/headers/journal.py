"""A note beside a frame of what is being written into its header, so that a write that was cut off is completed."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from tsplug.files.positional import BYTES_AS_THEY_ARE, positional

ENDING = ".header"
"""How the names of such notes end; they begin with a point."""

_MAGIC = b"tsplug header 2\n"
_HEAD = struct.Struct(">16sQQQQI")
_MOST_BYTES = 1 << 22
_LONGEST_NAME_BYTES = 200
_SECTOR_BYTES = 512
"""What a disk writes as a whole, also where its power fails; what a killed process leaves is torn between pages."""


class HeaderJournal:
    """The note of one frame."""

    def __init__(self, file: Path) -> None:
        """Take the frame; nothing is read or written yet."""
        self._file = file
        self._note = file.with_name(f".{_name_of(file)}{ENDING}")

    @property
    def is_there(self) -> bool:
        """Return whether something is noted."""
        return self._note.exists()

    def write(self, offset: int, piece: bytes, *, instead_of: bytes) -> None:
        """Note what is about to be written where, and what is there; it is on disk when this returns.

        Raises:
            OSError: it cannot be noted; the frame is untouched.
        """
        status, both = self._file.stat(), instead_of + piece
        head = _HEAD.pack(_MAGIC, status.st_ino, status.st_size, offset, len(piece), zlib.crc32(both))
        descriptor = os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BYTES_AS_THEY_ARE, 0o644)
        try:
            left = memoryview(head + both)
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
        of this one before it was replaced, or of a header that another program has written since, means nothing.

        Raises:
            OSError: the frame cannot be written.
        """
        try:
            noted = self._note.read_bytes()[:_MOST_BYTES]
        except FileNotFoundError:
            return False
        write = self._noted(noted)
        done = write is not None and self._complete(write)
        self.remove()
        return done

    def _complete(self, write: _Write) -> bool:
        descriptor = os.open(self._file, os.O_RDWR | BYTES_AS_THEY_ARE)
        try:
            frame = positional(descriptor)
            if not write.is_cut_off(frame.read(write.offset, len(write.piece))):
                return False
            frame.write(write.offset, write.piece)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return True

    def _noted(self, noted: bytes) -> _Write | None:
        if len(noted) < _HEAD.size:
            return None
        magic, inode, size, offset, length, told = _HEAD.unpack_from(noted)
        both = noted[_HEAD.size :]
        whole = magic == _MAGIC and len(both) == 2 * length and zlib.crc32(both) == told
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return None
        same = (status.st_ino, status.st_size) == (inode, size) and offset + length <= size
        return _Write(offset, both[:length], both[length:]) if whole and same else None


@dataclass(frozen=True)
class _Write:
    """What was to be written where, instead of what."""

    offset: int
    before: bytes
    piece: bytes

    def is_cut_off(self, now: bytes) -> bool:
        """Return whether what is there is partly or wholly as it was, and else what was to be written."""
        if now == self.piece:
            return False
        first = self.offset - self.offset % _SECTOR_BYTES
        for start in range(first, self.offset + len(self.piece), _SECTOR_BYTES):
            part = slice(max(0, start - self.offset), start + _SECTOR_BYTES - self.offset)
            if not _is_cut_off(now[part], before=self.before[part], piece=self.piece[part]):
                return False
        return True


def _is_cut_off(now: bytes, *, before: bytes, piece: bytes) -> bool:
    """Return whether so much of a piece is there, and behind that what was there before."""
    done = next((place for place, (here, there) in enumerate(zip(now, piece, strict=True)) if here != there), len(now))
    return now[done:] == before[done:]


def _name_of(file: Path) -> str:
    """Return how a frame is called in the name of its note, which no disk finds too long."""
    name = os.fsencode(file.name)
    if len(name) <= _LONGEST_NAME_BYTES:
        return file.name
    return hashlib.blake2s(name, digest_size=16).hexdigest()
