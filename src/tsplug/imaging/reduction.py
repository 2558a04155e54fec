"""One pass over a frame: its exact statistics, and the frame of 2x2 sums that stars are looked for on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.histogram import Counting, LevelHistogram, counts_apart
from tsplug.imaging.holes import fill_sums
from tsplug.imaging.lanes import in_lanes
from tsplug.imaging.opencv import opencv
from tsplug.imaging.source import BandSource
from tsplug.imaging.statistics import AduStatistics, statistics_of_levels, statistics_of_values
from tsplug.imaging.top_level import TopLevel

_HOT_PIXELS = 1 << 19
CLIPPED_PIXELS = 8
"""A level that so many pixels share at the top is where something clips."""

Number = TypeVar("Number", bound=np.generic)
NewArray = Callable[[tuple[int, ...], np.dtype[Any]], NDArray[Any]]


@dataclass(frozen=True)
class FirstPass:
    """What one pass over the pixels of a frame leaves: enough for all that does not need single stars.

    ``pixels`` are those of the source (rows by columns). ``binned`` holds the sums of 2x2 pixels as 32-bit floats; an
    odd last row or column is left out. ``counted`` gives the histogram; ``counting`` is what does where levels are not
    counted yet, and ``top`` the highest level then.
    """

    pixels: NDArray[Any]
    binned: NDArray[np.float32]
    counted: Callable[[], LevelHistogram | None]
    counting: Counting | None = None
    top: TopLevel | None = None

    @property
    def histogram(self) -> LevelHistogram | None:
        """Return how many pixels have each level, of 8 and 16 bit integers; None for others.

        Where they are not counted yet, this counts them.
        """
        return self.counted()


@dataclass(frozen=True)
class ReducedFrame:
    """A frame after the one pass over it, as `FirstPass` has it, and what gives its statistics.

    The typical level fills in for sums of pixels that are no number.
    """

    pixels: NDArray[Any]
    binned: NDArray[np.float32]
    told: Callable[[], AduStatistics]
    counted: Callable[[], LevelHistogram | None]
    counting: Counting | None = None
    top: TopLevel | None = None

    def count_meanwhile(self) -> None:
        """Let another thread count the levels, as far as they are not counted: there is something else to do now."""
        if self.counting is not None:
            self.counting.begin()

    @property
    def statistics(self) -> AduStatistics:
        """Return the statistics of all pixels; they come late, so ask once there is nothing else to do."""
        return self.told()

    @property
    def histogram(self) -> LevelHistogram | None:
        """Return how many pixels have each level, as `FirstPass` has it."""
        return self.counted()

    @property
    def clipping_level(self) -> float | None:
        """Return the highest level, where several pixels share it but not most: something clips there. None else."""
        if self.top is not None and not self.top.may_be_usual:
            return self.top.level if self.top.is_shared_by(CLIPPED_PIXELS) else None
        levels = self.statistics
        clipped = levels.maximum_pixels >= CLIPPED_PIXELS and levels.maximum > levels.median
        return levels.maximum if clipped else None


# Floats may hold numbers that no camera makes: what becomes of those has no value, and is left out.
@np.errstate(over="ignore", invalid="ignore")
def pass_over(source: BandSource, *, new_array: NewArray = np.empty) -> FirstPass:
    """Draw all bands of a source in two threads; fill each, add up 2x2 pixels while it is at hand, count its levels.

    Levels of large frames are counted later, best while their stars are measured, which hardly occupies two threads.

    Args:
        source: the frame.
        new_array: gives memory for the sums, by shape and type.

    Raises:
        ValueError: the frame is not two-dimensional.
    """
    pixels = source.pixels
    if pixels.ndim != 2:
        raise ValueError(f"a frame has rows and columns, not the shape {' x '.join(map(str, pixels.shape))}")
    binned = new_array((pixels.shape[0] // 2, pixels.shape[1] // 2), np.dtype(np.float32))
    if counts_apart(pixels):
        # Small parts, so that no lane waits for the other one's last: all that is done once for each lane is a buffer.
        parts = (hot for rows in source.bands() for hot in _split(rows, columns=pixels.shape[1]))
        own, others = in_lanes(lambda mine: _looked_at(source, mine, binned=binned), parts)
        counting = Counting(pixels)
        return FirstPass(pixels, binned, counting.histogram, counting, TopLevel.of(pixels, own + others))
    histogram, other = in_lanes(lambda bands: _counted(source, bands, binned=binned), source.bands())
    if histogram is not None and other is not None:
        histogram.merge(other)
    return FirstPass(pixels, binned, lambda: histogram)


def _looked_at(source: BandSource, parts: Iterator[slice], *, binned: NDArray[np.float32]) -> list[tuple[slice, float]]:
    """Fill parts of bands and add up their pixels; return the highest levels that were seen, and in which rows."""
    binner = PairBinner(quickly=True)
    tops = []
    for hot in parts:
        _fill(source, hot, binned=binned, binner=binner)
        tops.append((hot, float(source.pixels[hot].max())))
    return tops


def _counted(source: BandSource, bands: Iterator[slice], *, binned: NDArray[np.float32]) -> LevelHistogram | None:
    """Fill bands, add up their pixels and count the levels of each, where they can be counted."""
    pixels = source.pixels
    histogram = LevelHistogram(pixels.dtype) if LevelHistogram.serves(pixels.dtype) else None
    binner = PairBinner(quickly=False)
    for rows in bands:
        for hot in _split(rows, columns=pixels.shape[1]):
            _fill(source, hot, binned=binned, binner=binner)
        if histogram is not None:
            histogram.add(pixels[rows])
    return histogram


def _fill(source: BandSource, rows: slice, *, binned: NDArray[np.float32], binner: PairBinner) -> None:
    """Fill a part of a band and add up its pixels while they are in the cache."""
    source.fill(rows)
    first, pairs = rows.start // 2, (rows.stop - rows.start) // 2
    binner.add_up(source.pixels[rows][: 2 * pairs], out=binned[first : first + pairs])


def reduce_frame(passed: FirstPass, *, full_scale_adu: float) -> ReducedFrame:
    """Return a frame that was gone over with what gives its statistics.

    Raises:
        ValueError: no pixel has a value.
    """

    @cache
    def told() -> AduStatistics:
        if (histogram := passed.histogram) is not None:
            return statistics_of_levels(histogram, full_scale_adu=full_scale_adu)
        return statistics_of_values(passed.pixels, full_scale_adu=full_scale_adu)

    if passed.pixels.dtype.kind == "f":
        fill_sums(passed.binned, passed.pixels, level=4.0 * told().median)
    return ReducedFrame(passed.pixels, passed.binned, told, passed.counted, passed.counting, passed.top)


def halved(frame: ReducedFrame) -> ReducedFrame:
    """Return a frame of half as many rows and columns, each pixel the mean of 2x2; its statistics stay those of all."""
    pixels = np.float32(0.25) * frame.binned
    rows, columns = (size // 2 * 2 for size in pixels.shape)
    across = pixels[:rows, 0:columns:2] + pixels[:rows, 1:columns:2]
    return ReducedFrame(pixels, across[0::2] + across[1::2], frame.told, lambda: None, top=frame.top)


def _split(rows: slice, *, columns: int) -> Iterator[slice]:
    """Yield an even number of rows at a time that stay in the cache of one core while they are worked on."""
    step = max(2, _HOT_PIXELS // max(1, columns) // 2 * 2)
    for first in range(rows.start, rows.stop, step):
        yield slice(first, min(first + step, rows.stop))


class PairBinner:
    """Adds up 2x2 pixels band by band, in memory that it keeps; used by one thread at a time."""

    def __init__(self, *, quickly: bool) -> None:
        """Start without memory; ``quickly`` is whether there is so much to add up that OpenCV is worth importing."""
        self._opencv: Any = opencv() if quickly else None
        self._halves: NDArray[Any] = np.empty((2, 0, 0))

    def add_up(self, band: NDArray[Any], *, out: NDArray[np.float32]) -> None:
        """Add up an even number of rows into ``out``, half as high and wide, without an odd last column."""
        paired = band.dtype == np.uint16 and band.shape[1] % 2 == 0 and band.flags.c_contiguous
        if paired and self._opencv and out.size:
            self._by_opencv(band, out=out)
            return
        if paired:
            across = self._across(band.view(np.uint32))
        else:
            width = 2 * out.shape[1]
            wide = np.float32 if band.dtype.kind == "f" else np.int64
            across = np.add(band[:, 0:width:2], band[:, 1:width:2], dtype=wide)
        if across.dtype == np.uint32:
            # No sum reaches 2^31; processors turn signed integers into floats in half the time.
            across = across.view(np.int32)
        np.add(across[0::2], across[1::2], out=out, casting="unsafe")

    def _by_opencv(self, band: NDArray[np.uint16], *, out: NDArray[np.float32]) -> None:
        """Add one after the other to floats, which hold sums of four exactly."""
        even, odd = self._kept((band.shape[0], out.shape[1]), np.uint16)
        self._opencv.split(band.reshape(*even.shape, 2), [even, odd])
        np.copyto(out, even[0::2])
        for more in (odd[0::2], even[1::2], odd[1::2]):
            self._opencv.accumulate(more, out)

    def _across(self, words: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return the sums of neighbours, which are the halves of one 32-bit word: no strided access."""
        high, low = self._kept(words.shape, np.uint32)
        np.right_shift(words, np.uint32(16), out=high)
        np.bitwise_and(words, np.uint32(0xFFFF), out=low)
        return np.add(high, low, out=high)

    def _kept(self, shape: tuple[int, ...], dtype: type[Number]) -> tuple[NDArray[Number], NDArray[Number]]:
        """Return memory for two arrays of rows and columns."""
        rows, columns = shape
        if self._halves.dtype != dtype or self._halves.shape[1] < rows or self._halves.shape[2] != columns:
            self._halves = np.empty((2, rows, columns), dtype=dtype)
        return self._halves[0, :rows], self._halves[1, :rows]
