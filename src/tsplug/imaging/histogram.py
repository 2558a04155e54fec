"""How many pixels of a frame have each level: one count from which every statistic of integers follows exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import Meanwhile, slices
from tsplug.imaging.opencv import FEWEST_PIXELS, opencv

_LEVELS = 65_536
_LOWEST = {"uint8": 0, "uint16": 0, "int8": -128, "int16": -32_768}
# OpenCV counts in floats of 32 bits, which are exact up to this many.
_COUNTED_QUICKLY = 1 << 24
# What bincount widens to 64 bits at a time stays in the cache.
_STRIP_PIXELS = 1 << 17


class LevelHistogram:
    """Counts of levels of 8 or 16 bit integers, added up strip by strip; used by one thread at a time."""

    def __init__(self, dtype: np.dtype[np.generic]) -> None:
        """Start with no pixel counted.

        Raises:
            KeyError: the type is no integer of 8 or 16 bits.
        """
        self.lowest = _LOWEST[dtype.name]
        self.counts = np.zeros(_LEVELS if dtype.itemsize == 2 else 256, dtype=np.int64)

    @staticmethod
    def serves(dtype: np.dtype[np.generic]) -> bool:
        """Return whether levels of a type can be counted here."""
        return dtype.name in _LOWEST

    def add(self, pixels: NDArray[np.generic]) -> None:
        """Count pixels in this machine's byte order, rows by columns."""
        flat = np.ascontiguousarray(pixels).reshape(-1)
        unsigned = flat.view(f"u{flat.dtype.itemsize}")
        if self.lowest:
            # Adding half the range without carry turns two's complement into counting from the lowest level.
            unsigned = unsigned ^ unsigned.dtype.type(-self.lowest)
        many = unsigned.dtype == np.uint16 and unsigned.size >= FEWEST_PIXELS
        strip_pixels = _COUNTED_QUICKLY if many and opencv() else _STRIP_PIXELS
        for first in range(0, unsigned.size, strip_pixels):
            strip = _counts_of(unsigned[first : first + strip_pixels])
            self.counts[: strip.size] += strip

    def merge(self, other: LevelHistogram) -> None:
        """Add what another histogram of the same type counted."""
        self.counts += other.counts

    def filled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the levels that any pixel has, rising, and how many have each."""
        levels = np.flatnonzero(self.counts).astype(np.int64)
        return levels + self.lowest, self.counts[levels]

    def quantile(self, share: float) -> float:
        """Return the level below which a share (0 to 1) of the pixels lies, interpolated as numpy's ``linear`` method.

        Raises:
            ValueError: no pixel is counted.
        """
        levels, counts = self.filled()
        if not levels.size:
            raise ValueError("a histogram without pixels has no quantiles")
        ends = np.cumsum(counts)
        place = share * (int(ends[-1]) - 1)
        below = int(place)
        low, high = np.searchsorted(ends, [below, min(below + 1, int(ends[-1]) - 1)], side="right")
        return float(levels[low] + (place - below) * (levels[high] - levels[low]))


def counts_apart(pixels: NDArray[np.generic]) -> bool:
    """Return whether levels of a frame are best counted in few large parts: making OpenCV's table takes a while."""
    return pixels.dtype == np.uint16 and pixels.size >= FEWEST_PIXELS and opencv() is not None


class Counting:
    """Counting the levels of a frame that `counts_apart`, while something else is done.

    The frame must be contiguous, and must not change until it is counted.
    """

    def __init__(self, pixels: NDArray[np.uint16]) -> None:
        """Take the frame; nothing is counted yet."""
        flat = pixels.reshape(-1)
        # An even number, for two threads: who asks for the histogram helps.
        strips = 2 * -(-flat.size // (2 * _COUNTED_QUICKLY))
        parts = slices(flat.size, -(-flat.size // strips))
        self._strips = Meanwhile(lambda part: _counts_of(flat[part]), parts)
        self._histogram: LevelHistogram | None = None

    def begin(self) -> None:
        """Let another thread begin to count."""
        if self._histogram is None:
            self._strips.begin()

    def histogram(self) -> LevelHistogram:
        """Return the histogram once all is counted."""
        if self._histogram is None:
            histogram = LevelHistogram(np.dtype(np.uint16))
            for strip in self._strips.results():
                histogram.counts[: strip.size] += strip
            self._histogram = histogram
        return self._histogram


def _counts_of(levels: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many of some pixels have each level, up to the highest there is or to all."""
    # A table of all levels is not worth making for few pixels.
    if levels.dtype != np.uint16 or levels.size < FEWEST_PIXELS or (cv2 := opencv()) is None:
        return np.bincount(levels)
    # One row: of many short ones it would look up each by itself.
    counts = cv2.calcHist([levels.reshape(1, -1)], [0], None, [_LEVELS], [0, _LEVELS])
    return np.asarray(counts.reshape(-1), dtype=np.int64)
