"""Frames as a server sends them: ImageBytes and JSON, taken apart into an array ``[x][y]``."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hostsim.conformance.client import Reply, Request
from hostsim.conformance.device import Device
from hostsim.conformance.envelope import document, error_number
from hostsim.conformance.outcome import UnmetError, error_text, expect, shown

IMAGE_BYTES: Final = "application/imagebytes"
ELEMENT_TYPES: Final[dict[int, np.dtype[Any]]] = {
    1: np.dtype("<i2"),
    2: np.dtype("<i4"),
    3: np.dtype("<f8"),
    4: np.dtype("<f4"),
    5: np.dtype("<u8"),
    6: np.dtype("u1"),
    7: np.dtype("<i8"),
    8: np.dtype("<u2"),
    9: np.dtype("<u4"),
}
"""The types of elements that ImageBytes can carry."""
_HEADER: Final = struct.Struct("<iiIIiiiiiii")
_FRAME_BYTES: Final = 1 << 28
_PLANES: Final = 3


@dataclass(frozen=True)
class Metadata:
    """The header of ImageBytes."""

    version: int
    error: int
    client_transaction_id: int
    server_transaction_id: int
    data_start: int
    image_type: int
    element_type: int
    rank: int
    dimension_1: int
    dimension_2: int
    dimension_3: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the dimensions that the rank has."""
        return (self.dimension_1, self.dimension_2, self.dimension_3)[: self.rank]


def fetched(camera: Device, accept: str, *, ids: dict[str, str] | None = None) -> Reply:
    """Return the answer to ImageArray, which may take as long as an operation, and be long; ``ids`` or new ones."""
    query, path = ids or camera.ids(), camera.path("ImageArray")
    wait_s = camera.conditions.operation_s
    return camera.client.send(Request("GET", path, query, accept=accept, limit=_FRAME_BYTES, wait_s=wait_s))


def metadata(reply: Reply) -> Metadata:
    """Return the header of an ImageBytes answer.

    Raises:
        UnmetError: the answer is none.
    """
    expect(reply.status == 200, reply.text, expected="HTTP 200")
    kind = reply.content_type.split(";")[0].strip().lower()
    expect(kind == IMAGE_BYTES, reply.text, expected=f"Content-Type {IMAGE_BYTES}")
    expect(len(reply.body) >= _HEADER.size, f"{len(reply.body)} bytes", expected=f"at least {_HEADER.size} bytes")
    return Metadata(*_HEADER.unpack_from(reply.body))


def from_bytes(reply: Reply) -> NDArray[Any]:
    """Return the pixels of an ImageBytes answer.

    Raises:
        UnmetError: header and data do not fit each other.
    """
    header = metadata(reply)
    expect(header.error == 0, error_text(header.error), expected="no error")
    expect(header.rank in (2, _PLANES), f"rank {header.rank}", expected="rank 2 or 3")
    kind = ELEMENT_TYPES.get(header.element_type)
    if kind is None:
        raise UnmetError(f"TransmissionElementType {header.element_type}", "1 to 9")
    expect(min(header.shape) > 0, f"dimensions {header.shape}", expected="dimensions above 0")
    length = kind.itemsize * int(np.prod(header.shape, dtype=object))
    data = len(reply.body) - header.data_start
    expect(header.data_start >= _HEADER.size, f"DataStart {header.data_start}", expected=f"{_HEADER.size} or more")
    expect(data == length, f"{data} bytes of data", expected=f"{length} bytes for {header.shape} of {kind.name}")
    pixels: NDArray[Any] = np.frombuffer(reply.body, kind, offset=header.data_start).reshape(header.shape)
    return pixels


def from_json(reply: Reply) -> tuple[dict[str, Any], NDArray[Any]]:
    """Return the envelope and the pixels of a JSON answer.

    Raises:
        UnmetError: it is no rectangular array of numbers.
    """
    content = document(reply)
    number = error_number(content)
    expect(number == 0, error_text(number), expected="no error")
    value = content.get("Value")
    expect(isinstance(value, list), f"Value {shown(json.dumps(value)[:100])}", expected="a list of lists")
    try:
        pixels = np.array(value)
    except ValueError:
        raise UnmetError("lists of different lengths", "a rectangular array") from None
    expect(pixels.dtype.kind in "iuf", f"elements of type {pixels.dtype.name}", expected="numbers")
    return content, pixels
