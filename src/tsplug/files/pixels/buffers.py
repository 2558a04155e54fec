"""Memory for pixels: fresh for each frame, or kept from one frame to the next."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_KEPT = 2


class PixelMemory(Protocol):
    """Gives memory for the pixels of a frame."""

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return an array that nobody else uses; what is in it is not defined."""
        ...


class FreshMemory:
    """New memory for every frame: a frame stays as it is for as long as somebody holds it, and costs nothing later."""

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return a new array."""
        return np.empty(shape, dtype)


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
        length = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        with self._lock:
            for place in range(len(self._kept)):
                # Every array over these bytes, and every view of one, refers to them.
                if self._kept[place].size == length and sys.getrefcount(self._kept[place]) <= self._unseen:
                    return self._kept[place].view(dtype).reshape(shape)
            self._kept = [*self._kept[1 - _KEPT :], np.empty(length, np.uint8)]
            return self._kept[-1].view(dtype).reshape(shape)
