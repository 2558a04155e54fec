"""Frames on the wire: the ImageBytes format and its JSON form, ``[x][y]`` or, with colour planes, ``[x][y][plane]``."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from starlette.responses import StreamingResponse

from hostsim.alpaca.envelope import Transaction

IMAGE_BYTES = "application/imagebytes"
_HEADER = struct.Struct("<2i2I7i")
_VERSION = 1
# Large enough to cost nothing, small enough that other answers go out between two pieces and nothing piles up.
_PIECE_BYTES = 1 << 20


class ElementType(IntEnum):
    """The element types of ImageBytes."""

    INT16 = 1
    INT32 = 2
    DOUBLE = 3
    SINGLE = 4
    UINT64 = 5
    BYTE = 6
    INT64 = 7
    UINT16 = 8
    UINT32 = 9


DTYPES: dict[ElementType, np.dtype[Any]] = {
    ElementType.INT16: np.dtype("<i2"),
    ElementType.INT32: np.dtype("<i4"),
    ElementType.DOUBLE: np.dtype("<f8"),
    ElementType.SINGLE: np.dtype("<f4"),
    ElementType.UINT64: np.dtype("<u8"),
    ElementType.BYTE: np.dtype("u1"),
    ElementType.INT64: np.dtype("<i8"),
    ElementType.UINT16: np.dtype("<u2"),
    ElementType.UINT32: np.dtype("<u4"),
}
"""How the pixels of each element type are laid out."""

# From narrow to wide: what is tried for a frame, in this order.
_INTEGERS = (
    ElementType.BYTE,
    ElementType.INT16,
    ElementType.UINT16,
    ElementType.INT32,
    ElementType.UINT32,
    ElementType.INT64,
    ElementType.UINT64,
)
_FLOATS = (ElementType.SINGLE, ElementType.DOUBLE)
_DECLARED = {"i": ElementType.INT32, "f": ElementType.DOUBLE}


def image_response(
    pixels: NDArray[Any], transaction: Transaction, *, element: ElementType | None = None
) -> StreamingResponse:
    """Return the answer that carries a frame as ImageBytes: sent piece by piece, never copied as a whole."""
    header, data = _encoded(pixels, transaction, element=element)
    length = {"content-length": str(len(header) + len(data))}
    return StreamingResponse(_pieces(header, data), media_type=IMAGE_BYTES, headers=length)


async def _pieces(header: bytes, data: memoryview) -> AsyncIterator[bytes | memoryview]:
    yield header
    for start in range(0, len(data), _PIECE_BYTES):
        yield data[start : start + _PIECE_BYTES]


def image_bytes(pixels: NDArray[Any], transaction: Transaction, *, element: ElementType | None = None) -> bytes:
    """Encode a frame of two axes, or three with colour planes.

    The pixels travel as ``element`` where that holds every pixel of this frame, else as the narrowest type that does,
    which is what ASCOM's own encoder always chooses.
    """
    return b"".join(_encoded(pixels, transaction, element=element))


def image_json(pixels: NDArray[Any]) -> dict[str, Any]:
    """Return the frame as the content of a JSON answer."""
    return {"Type": int(_declared(pixels.dtype)), "Rank": pixels.ndim, "Value": pixels.tolist()}


def _encoded(
    pixels: NDArray[Any], transaction: Transaction, *, element: ElementType | None
) -> tuple[bytes, memoryview]:
    kind = element if element is not None and _holds(element, pixels) else _narrowest(pixels)
    data = np.ascontiguousarray(pixels, dtype=DTYPES[kind])
    num_x, num_y, planes = (*pixels.shape, 0)[:3]
    header = _HEADER.pack(
        _VERSION,
        0,
        transaction.client_id,
        transaction.server_id,
        _HEADER.size,
        _declared(pixels.dtype),
        kind,
        pixels.ndim,
        num_x,
        num_y,
        planes,
    )
    return header, data.data.cast("B")


def _declared(dtype: DTypeLike) -> ElementType:
    return _DECLARED["f" if np.dtype(dtype).kind == "f" else "i"]


def _narrowest(pixels: NDArray[Any]) -> ElementType:
    if pixels.dtype.kind == "f":
        return next(kind for kind in _FLOATS if _holds(kind, pixels))
    low, high = _extremes(pixels)
    return next(kind for kind in _INTEGERS if _within(kind, low, high=high))


def _holds(kind: ElementType, pixels: NDArray[Any]) -> bool:
    if DTYPES[kind].kind == "f" or pixels.dtype.kind == "f":
        return np.can_cast(pixels.dtype, DTYPES[kind]) or _survives(pixels, DTYPES[kind])
    low, high = _extremes(pixels)
    return _within(kind, low, high=high)


def _extremes(pixels: NDArray[Any]) -> tuple[int, int]:
    return 0 if pixels.dtype.kind == "u" else int(pixels.min()), int(pixels.max())


def _within(kind: ElementType, low: int, *, high: int) -> bool:
    limits = np.iinfo(DTYPES[kind])
    return limits.min <= low and high <= limits.max


def _survives(pixels: NDArray[Any], target: np.dtype[Any]) -> bool:
    with np.errstate(all="ignore"):
        return np.array_equal(pixels.astype(target).astype(pixels.dtype), pixels, equal_nan=pixels.dtype.kind == "f")
