"""Where the tiles of a packed FITS image lie: a table tells it, and damage to it gives a tile the pixels of another."""

from __future__ import annotations

import numpy as np
from astropy.io import fits

from tsplug.files.pixels.claims import PixelError

_DATA = ("COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA")
_BYTES = {"I": 2, "J": 4, "K": 8, "E": 4, "D": 8}


def check_places(table: fits.BinTableHDU, rows: memoryview) -> None:
    """Hold the places of all tiles against each other, as programs unpack whatever lies where they are told to look.

    Args:
        table: the table of tiles.
        rows: its bytes, from the first row on.

    Raises:
        PixelError: a tile has no bytes, or some of another one.
    """
    kind = table.columns.dtype.newbyteorder(">")
    told = np.frombuffer(rows, kind, count=table.header["NAXIS2"])
    lengths, starts = [], []
    for column in table.columns:
        # One that tells of bytes elsewhere has how many numbers they are and where they begin.
        if column.name in _DATA and kind[column.name].shape == (2,):
            number_bytes = _BYTES.get(column.format.partition("(")[0][-1], 1)
            lengths.append(told[column.name][:, 0].astype(np.int64) * number_bytes)
            starts.append(told[column.name][:, 1].astype(np.int64))
    if not lengths:
        return
    if not np.any(lengths, axis=0).all():
        raise PixelError("has a tile without any bytes: its table of tiles is damaged; copy it again")
    length, start = np.concatenate(lengths), np.concatenate(starts)
    used = np.flatnonzero(length)
    order = used[np.argsort(start[used], kind="stable")]
    if np.any(start[order][1:] < (start + length)[order][:-1]):
        raise PixelError("has two tiles in one place: its table of tiles is damaged; copy it again")
