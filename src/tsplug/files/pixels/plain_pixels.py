"""Pixels that lie in a file one after the other, not packed: read whole, or band by band for who measures them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.files.pixels.buffers import PixelMemory
from tsplug.files.pixels.claims import Claim, PixelError
from tsplug.files.pixels.sources import PixelSource
from tsplug.files.pixels.sums import WORD_BYTES, folded, words_sum
from tsplug.imaging.lanes import forget_threads, in_lanes
from tsplug.imaging.reduction import pass_over
from tsplug.imaging.source import band_rows
from tsplug.ports import FramePixels

CHUNK_PIXELS = 512 << 10
"""Pixels that are read, turned and stored at a time: they stay in the processor's cache meanwhile."""
Turn = Callable[[NDArray[np.generic], NDArray[np.generic]], object]
"""Turns a chunk as stored into one of native values: from, which may be changed on the way, into."""

# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_threads)


@dataclass(frozen=True)
class PlainImage:
    """Where an image lies, what is stored there, the type that its values have, and how they come of what is stored.

    ``padding`` is how many bytes fill its last block, ``told_sum`` the checksum of both that the header tells, if any.
    """

    offset: int
    claim: Claim
    values: np.dtype[np.generic]
    turn: Turn
    padding: int
    told_sum: int | None

    @property
    def end(self) -> int:
        """Return where its last byte ends."""
        return self.offset + self.claim.length


def read_plain(
    image: PlainImage, source: PixelSource, *, memory: PixelMemory, header: dict[str, Any], to_measure: bool
) -> FramePixels:
    """Return the values of an image in native byte order beside its header.

    ``to_measure`` makes the one pass over them while they are read, where they are one plane in a file that may be read
    in any order.

    Raises:
        PixelError: the file ends before they do, cannot be unpacked, or the checksum is wrong.
        OSError: it cannot be read.
    """
    source.require(image.end)
    pixels = memory.take(image.claim.shape, image.values)
    filling = _Filling(image, source, pixels=pixels)
    passed = None
    starts = range(0, pixels.size, CHUNK_PIXELS)
    if to_measure and source.any_order and filling.knows_bands:
        passed = pass_over(_Bands(filling), new_array=memory.take)
    elif source.any_order and len(starts) > 1:
        in_lanes(filling.fill_chunks, starts)
    else:
        filling.fill_chunks(iter(starts))
    if image.told_sum is not None and folded(filling.sum_so_far + _sum_behind(image, source)) != image.told_sum:
        raise PixelError("has a wrong DATASUM: its data changed; copy it again from where it was saved")
    return FramePixels(pixels, header, passed)


def _sum_behind(image: PlainImage, source: PixelSource) -> int:
    """Return the sum of what fills the last block, which is zeros but where somebody wrote otherwise or cut it off."""
    begun = image.claim.length % WORD_BYTES
    rest = bytearray(begun + image.padding)
    try:
        source.fill(memoryview(rest)[begun:], image.end)
    except PixelError:
        return 0
    return words_sum(memoryview(rest))


class _Filling:
    """Fills an array with the values of an image, any part of it at any time; two threads may do so at once."""

    def __init__(self, image: PlainImage, source: PixelSource, *, pixels: NDArray[np.generic]) -> None:
        self.pixels = pixels
        self._flat = pixels.reshape(-1)
        self._image, self._source = image, source
        self._spare: deque[NDArray[np.generic]] = deque()
        self._sums: deque[int] = deque()

    @property
    def knows_bands(self) -> bool:
        """Tell whether an even number of rows can be filled by itself: words of a checksum must end with it."""
        if self.pixels.ndim != 2:
            return False
        pair_bytes = 2 * self.pixels.shape[1] * self._image.claim.stored.itemsize
        return self._image.told_sum is None or pair_bytes % WORD_BYTES == 0

    @property
    def sum_so_far(self) -> int:
        """Return the sum of the words that were read, where a checksum is told."""
        return sum(self._sums)

    def fill_chunks(self, starts: Iterator[int]) -> None:
        """Fill the chunks that begin at some pixels."""
        for start in starts:
            self.fill(start, min(start + CHUNK_PIXELS, self._flat.size))

    def fill(self, start: int, stop: int) -> None:
        """Fill from one pixel up to another, which are no more than a chunk apart."""
        stored = self._image.claim.stored
        try:
            chunk = self._spare.pop()
        except IndexError:
            chunk = np.empty(min(CHUNK_PIXELS, self._flat.size), stored)
        count = stop - start
        view = chunk.view(np.uint8).data[: count * stored.itemsize]
        self._source.fill(view, self._image.offset + start * stored.itemsize)
        if self._image.told_sum is not None:
            self._sums.append(words_sum(view))
        self._image.turn(chunk[:count], self._flat[start:stop])
        self._spare.append(chunk)


class _Bands:
    """An image that becomes known band by band; see `tsplug.imaging.source.BandSource`."""

    def __init__(self, filling: _Filling) -> None:
        self._filling = filling

    @property
    def pixels(self) -> NDArray[Any]:
        return self._filling.pixels

    def bands(self) -> Iterator[slice]:
        rows, columns = self.pixels.shape
        step = band_rows(columns)
        for first in range(0, rows, step):
            yield slice(first, min(first + step, rows))

    def fill(self, rows: slice) -> None:
        columns = self.pixels.shape[1]
        end = rows.stop * columns
        for start in range(rows.start * columns, end, CHUNK_PIXELS):
            self._filling.fill(start, min(start + CHUNK_PIXELS, end))
