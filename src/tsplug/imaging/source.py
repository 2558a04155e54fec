"""Where a frame comes from: piece by piece, so that each is looked at while it is still in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

BAND_PIXELS = 1 << 22
"""Pixels of one band: few enough for two threads to end together, enough for what is done once for each."""


class BandSource(Protocol):
    """A frame that becomes known band by band, from the first row to the last.

    Whoever measures draws bands and fills each before looking at it; when all are filled, all of `pixels` is in place.
    The array may be a buffer that the reader keeps from frame to frame; it must not change while the frame's
    measurement is at work.
    """

    @property
    def pixels(self) -> NDArray[Any]:
        """The whole frame, rows by columns, in this machine's byte order, contiguous."""
        ...

    def bands(self) -> Iterator[slice]:
        """Yield the rows of each band as a slice without step, in order, every row once.

        All bands but the last have an even number of rows; `band_rows` gives a good one.
        """
        ...

    def fill(self, rows: slice) -> None:
        """Put the pixels of a band in place; two bands may be filled at once, in any order, by two threads.

        What a reader raises comes out of measuring unchanged.
        """
        ...


def band_rows(columns: int) -> int:
    """Return an even number of rows that makes a band of a fitting size."""
    return max(2, BAND_PIXELS // max(1, columns) // 2 * 2)


class ArraySource:
    """A frame that is in memory already; one in another byte order is turned round band by band."""

    def __init__(self, pixels: NDArray[Any]) -> None:
        """Take a frame, rows by columns."""
        self._stored = pixels
        here = pixels.dtype.newbyteorder("=")
        ready = pixels.dtype == here and pixels.flags.c_contiguous
        self._pixels = pixels if ready else np.empty(pixels.shape, dtype=here)

    @property
    def pixels(self) -> NDArray[Any]:
        """The whole frame, rows by columns."""
        return self._pixels

    def bands(self) -> Iterator[slice]:
        """Yield the rows band by band."""
        step = band_rows(self._stored.shape[1])
        for first in range(0, self._stored.shape[0], step):
            yield slice(first, min(first + step, self._stored.shape[0]))

    def fill(self, rows: slice) -> None:
        """Turn a band round, where it is in another byte order."""
        if self._pixels is not self._stored:
            self._pixels[rows] = self._stored[rows]
