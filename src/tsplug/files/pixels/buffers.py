"""Memory for pixels: fresh for each frame, or kept from one frame to the next."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


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
    """The memory of one frame, used again once nobody looks at that frame any more.

    New pages cost some fifth of the time that reading a frame takes (spec/image-performance 1). The memory stays taken
    until this object goes, so it is for who reads many frames one after the other.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._lock = Lock()

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """Return an array over the kept memory where that is free and of the right length, else over new memory."""
        length = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        with self._lock:
            if len(self._bytes) != length or self._is_looked_at():
                self._bytes = bytearray(length)
            return np.frombuffer(self._bytes, dtype).reshape(shape)

    def _is_looked_at(self) -> bool:
        # Python refuses to resize a bytearray while any array, or a view of one, looks at it.
        try:
            last = self._bytes.pop()
        except (BufferError, IndexError):
            return True
        self._bytes.append(last)
        return False
