"""Checksums of the parts of a FITS file (FITS 4.0, section 4.4.2.7)."""

from __future__ import annotations

import numpy as np

from tsplug.files.headers.fits_header import FitsPart
from tsplug.files.pixels.sources import PixelSource

_PIECE_BYTES = 1 << 20


def sum_is_right(part: FitsPart, source: PixelSource) -> bool:
    """Return whether the data of a part have the checksum that its header tells ; True where it tells none.

    Raises:
        PixelError: the file ends before the data do.
    """
    told = _told_sum(part)
    if told is None:
        return True
    total, piece = 0, bytearray(min(_PIECE_BYTES, part.data_bytes))
    for start in range(0, part.data_bytes, _PIECE_BYTES):
        view = memoryview(piece)[: min(_PIECE_BYTES, part.data_bytes - start)]
        source.fill(view, part.data_offset + start)
        total += int(np.frombuffer(view, ">u4").sum(dtype=np.uint64))
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    return total == told


def _told_sum(part: FitsPart) -> int | None:
    text = str(part.structure.get("DATASUM", "")).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else None
