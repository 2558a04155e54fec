"""Decodes frames of Alpaca cameras: the ImageBytes header, every element type, and columns turned to rows."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<2i2I7i")
_VERSION = 1
_MONOCHROME = 2
_HIGHEST = 65_535
_FARTHEST_DATA = 4096
_BLOCK = 256
# The wire's columns are turned to rows while they are still in the processor's cache.
_STRIP_BYTES = 1 << 20
_ELEMENTS: dict[int, str] = {1: "<i2", 2: "<i4", 3: "<f8", 4: "<f4", 5: "<u8", 6: "u1", 7: "<i8", 8: "<u2", 9: "<u4"}

HEADER_BYTES = _HEADER.size
COLOUR = 3
COLOUR_PLANES = "it sends colour planes: choose a monochrome or raw readout in the camera's driver"
WIDEST_ELEMENT_BYTES = 8


class FrameError(Exception):
    """A frame cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class FrameHeader:
    """What stands before the pixels: an error number, where the data begin, their type, columns and rows."""

    error_number: int
    data_start: int
    element: str
    num_x: int
    num_y: int

    @property
    def data_bytes(self) -> int:
        """Return the size of the pixels on the wire."""
        return self.num_x * self.num_y * np.dtype(self.element).itemsize


def parse_header(raw: bytes) -> FrameHeader:
    """Read an ImageBytes header; of one that reports an error only the error number and the start of data count.

    Raises:
        FrameError: it is no header of a frame that the host can use.
    """
    version, error, _, _, start, _, kind, rank, num_x, num_y, _ = _HEADER.unpack(raw)
    if version != _VERSION or not HEADER_BYTES <= start <= _FARTHEST_DATA:
        raise FrameError(f"its image header makes no sense (version {version}, data at {start}): update its driver")
    if error:
        return FrameHeader(error, start, "u1", 0, 0)
    if rank == COLOUR:
        raise FrameError(COLOUR_PLANES)
    if rank != _MONOCHROME:
        raise FrameError(f"its image header makes no sense (rank {rank}): update its driver")
    if kind not in _ELEMENTS or num_x < 1 or num_y < 1:
        raise FrameError(f"its image header makes no sense (type {kind}, {num_x} x {num_y}): update its driver")
    return FrameHeader(0, start, _ELEMENTS[kind], num_x, num_y)


class FrameDecoder:
    """Turns what comes from the wire, column after column, into rows; keeps one small buffer between frames."""

    def __init__(self) -> None:
        """Start with no buffer; the first frame says how large it must be."""
        self._buffer = bytearray()

    def rows(self, header: FrameHeader, fill: Callable[[memoryview], None]) -> NDArray[np.uint16]:
        """Return the frame as rows, of shape (height, width), C-contiguous.

        Args:
            header: type and shape.
            fill: fills a buffer with the next bytes of the wire, or raises.

        Raises:
            FrameError: a level does not fit into 16 bits.
        """
        dtype = np.dtype(header.element)
        width = max(1, min(header.num_x, _STRIP_BYTES // (header.num_y * dtype.itemsize)))
        strip_bytes = width * header.num_y * dtype.itemsize
        if len(self._buffer) < strip_bytes:
            self._buffer = bytearray(strip_bytes)
        rows = np.empty((header.num_y, header.num_x), dtype=np.uint16)
        for x in range(0, header.num_x, width):
            count = min(width, header.num_x - x)
            columns = np.frombuffer(self._buffer, dtype, count * header.num_y).reshape(count, header.num_y)
            fill(memoryview(self._buffer)[: columns.nbytes])
            turn_to_rows(levels(columns), rows[:, x : x + count])
        return rows


def levels(columns: NDArray[Any]) -> NDArray[np.uint16]:
    """Return pixels of any type as 16-bit levels; fractions are rounded.

    Raises:
        FrameError: a level is no number from 0 to 65535.
    """
    if columns.dtype == np.uint16:
        return columns
    if columns.dtype != np.uint8 and columns.size and not (columns.min() >= 0 and columns.max() <= _HIGHEST):
        raise FrameError("it sends levels outside 0 to 65535: choose a 16-bit readout in the camera's driver")
    return (np.rint(columns) if columns.dtype.kind == "f" else columns).astype(np.uint16)


def turn_to_rows(columns: NDArray[np.uint16], rows: NDArray[np.uint16]) -> None:
    """Write an array ``[x][y]`` into one ``[y][x]``, block by block, as the cache likes it."""
    num_x, num_y = columns.shape
    for x in range(0, num_x, _BLOCK):
        for y in range(0, num_y, _BLOCK):
            rows[y : y + _BLOCK, x : x + _BLOCK] = columns[x : x + _BLOCK, y : y + _BLOCK].T
