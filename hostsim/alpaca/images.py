"""Frames on the wire: the ImageBytes format and its JSON form, both ``[x][y]``."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hostsim.alpaca.envelope import Transaction

IMAGE_BYTES = "application/imagebytes"
_HEADER = struct.Struct("<11i")
_VERSION = 1
_RANK = 2


class ElementType(IntEnum):
    """The element types of ImageBytes that a 16-bit camera needs."""

    INT16 = 1
    INT32 = 2
    BYTE = 6
    UINT16 = 8


def image_bytes(pixels: NDArray[np.uint16], transaction: Transaction) -> bytes:
    """Encode a frame ``[x][y]``; the element type is the narrowest that holds this frame, as ASCOM's encoder does."""
    kind, data = _narrowed(pixels)
    client_id = struct.unpack("<i", struct.pack("<I", transaction.client_id))[0]
    num_x, num_y = pixels.shape
    header = _HEADER.pack(
        _VERSION, 0, client_id, transaction.server_id, _HEADER.size, ElementType.INT32, kind, _RANK, num_x, num_y, 0
    )
    return b"".join((header, data.data.cast("B")))


def image_json(pixels: NDArray[np.uint16]) -> dict[str, Any]:
    """Return the frame as the content of a JSON answer."""
    return {"Type": int(ElementType.INT32), "Rank": _RANK, "Value": pixels.tolist()}


def _narrowed(pixels: NDArray[np.uint16]) -> tuple[ElementType, NDArray[Any]]:
    highest = int(pixels.max())
    if highest <= np.iinfo(np.uint8).max:
        return ElementType.BYTE, pixels.astype(np.uint8, order="C")
    kind = ElementType.INT16 if highest <= np.iinfo(np.int16).max else ElementType.UINT16
    return kind, np.ascontiguousarray(pixels, dtype="<u2")
