"""Memory for pixels: fresh for each frame, or kept from one frame to the next."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_KEPT = 2
# Processors take five times as long to copy to 2 to 31 bytes behind where the bytes lay in their page, as they lie in
# the page cache: memory that the system gives begins 16 bytes behind, and pixels of XISF are wont to begin with a page.
_PAGE_BYTES = 1 << 12


class PixelMemory(Protocol):
    """Gives memory for the pixels of a frame."""

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return an array that nobody else uses; what is in it is not defined."""
        ...


class FreshMemory:
    """New memory for every frame: a frame stays as it is for as long as somebody holds it, and costs nothing later."""

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return a new array."""
        return _laid_out(_fresh(_bytes_of(shape, dtype)), shape, dtype=dtype)


class KeptMemory:
    """The memory of one frame and of the sums of its pixels, used again once nobody looks at them any more.

    New pages cost some fifth of the time that reading a frame takes (spec/image-performance 1). The memory stays taken
    until this object goes, so it is for who reads many frames one after the other.
    """

    def __init__(self) -> None:
        self._kept = [np.empty(0, np.uint8)]
        # How many references there are while nobody looks is not the same in every version of Python.
        self._unseen = sys.getrefcount(self._kept[0])
        self._lock = Lock()

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return an array over kept memory that is free and of the right length, else over new memory."""
        length = _bytes_of(shape, dtype)
        with self._lock:
            for place in range(len(self._kept)):
                # Every array over these bytes, and every view of one, refers to them.
                free = sys.getrefcount(self._kept[place]) <= self._unseen
                if free and self._kept[place].size == length + _PAGE_BYTES:
                    return _laid_out(self._kept[place], shape, dtype=dtype)
            self._kept = [*self._kept[1 - _KEPT :], _fresh(length)]
            return _laid_out(self._kept[-1], shape, dtype=dtype)


def _bytes_of(shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> int:
    return int(np.prod(shape, dtype=np.int64)) * dtype.itemsize


def _fresh(length: int) -> NDArray[np.uint8]:
    """Return memory for so many bytes from the beginning of any page on."""
    return np.empty(length + _PAGE_BYTES, np.uint8)


def _laid_out(memory: NDArray[np.uint8], shape: tuple[int, ...], *, dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
    """Return an array over memory, its first byte being the first one of a page."""
    first = -memory.__array_interface__["data"][0] % _PAGE_BYTES
    return memory[first : first + _bytes_of(shape, dtype)].view(dtype).reshape(shape)
