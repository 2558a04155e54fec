"""A mark of the data of a frame, kept behind its header: what tells frames apart that do not say their moment."""

from __future__ import annotations

import struct
import zlib

from tsplug.files.headers.sources import ByteSource

_MAGIC = b"tsplug data mark"
_MARK = struct.Struct(">16sQI")
_SAMPLE_BYTES = 32_768
"""Beginning, middle and end of the data are looked at: their noise is never the same twice, and reading all is slow."""


def data_mark(source: ByteSource, *, offset: int, length: int) -> bytes:
    """Return the mark of the data of an open file at an offset."""
    last = max(0, length - _SAMPLE_BYTES)
    total = zlib.crc32(b"")
    for start in sorted({0, last // 2, last}):
        total = zlib.crc32(source.read(offset + start, min(_SAMPLE_BYTES, length - start)), total)
    return _MARK.pack(_MAGIC, length, total)


def parted(kept: bytes) -> tuple[bytes, bytes]:
    """Return a header, and the mark behind it; that is empty where there is none."""
    if kept[-_MARK.size :].startswith(_MAGIC):
        return kept[: -_MARK.size], kept[-_MARK.size :]
    return kept, b""


def same_data(one: bytes, other: bytes) -> bool:
    """Say whether the data behind two headers can be the same: where one has no mark nothing speaks against it."""
    first, second = parted(one)[1], parted(other)[1]
    return first == second or not (first and second)
