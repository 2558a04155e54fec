"""Checksums of the parts of a FITS file (FITS 4.0, section 4.4.2.7)."""

from __future__ import annotations

import numpy as np

from tsplug.files.headers.fits_header import FitsPart
from tsplug.files.pixels.sources import PixelSource

_PIECE_BYTES = 1 << 20
WORD_BYTES = 4


def sum_is_right(part: FitsPart, source: PixelSource) -> bool:
    """Return whether the data of a part have the checksum that its header tells; True where it tells none.

    Raises:
        PixelError: the file ends before the data do.
    """
    told = told_sum(part)
    if told is None:
        return True
    total, piece = 0, bytearray(min(_PIECE_BYTES, part.data_bytes))
    for start in range(0, part.data_bytes, _PIECE_BYTES):
        view = memoryview(piece)[: min(_PIECE_BYTES, part.data_bytes - start)]
        source.fill(view, part.data_offset + start)
        total += words_sum(view)
    return folded(total) == told


def words_sum(data: memoryview) -> int:
    """Return the sum of big-endian words of four bytes; what the last one lacks counts as zeros."""
    whole = len(data) - len(data) % WORD_BYTES
    total = int(np.frombuffer(data[:whole], ">u4").sum(dtype=np.uint64))
    return total + int.from_bytes(bytes(data[whole:]).ljust(WORD_BYTES, b"\0"), "big")


def folded(total: int) -> int:
    """Return a sum of words as 32 bits, what does not fit added at the low end (ones' complement)."""
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    return total


def told_sum(part: FitsPart) -> int | None:
    """Return the checksum of a part's data that its header tells; None where it tells none."""
    text = str(part.structure.get("DATASUM", "")).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else None
