"""Frames on the wire."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from hostsim.alpaca.envelope import Transaction
from hostsim.alpaca.images import DTYPES, ElementType, image_bytes, image_json, image_response

TRANSACTION = Transaction(2**32 - 1, 5)


def decoded(body: bytes) -> np.ndarray[Any, Any]:
    """Read a body as a client does, by nothing but its header."""
    header = struct.unpack_from("<11i", body)
    shape = header[8 : 8 + header[7]]
    return np.frombuffer(body, DTYPES[ElementType(header[6])], offset=header[4]).reshape(shape)


@pytest.mark.parametrize(
    ("highest", "kind", "dtype"), [(255, 6, "u1"), (256, 1, "<i2"), (32_767, 1, "<i2"), (32_768, 8, "<u2")]
)
def test_the_wire_type_follows_the_frame(highest: int, kind: int, dtype: str) -> None:
    """The narrowest type that holds this frame is sent, declared as Int32, column by column."""
    pixels = np.zeros((5, 3), dtype=np.uint16)
    pixels[4, 1] = highest
    body = image_bytes(pixels, TRANSACTION)
    header = struct.unpack_from("<11i", body)
    assert header == (1, 0, -1, 5, 44, 2, kind, 2, 5, 3, 0)
    assert np.array_equal(np.frombuffer(body, dtype, offset=44).reshape(5, 3), pixels)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([-1, 200], ElementType.INT16),
        ([0, 65_536], ElementType.INT32),
        ([-1, 40_000], ElementType.INT32),
        ([0, 2**31], ElementType.UINT32),
        ([-1, 2**31], ElementType.INT64),
        ([0, 2**63], ElementType.UINT64),
        ([0.5, 1.0], ElementType.SINGLE),
        ([0.1, 1.0], ElementType.DOUBLE),
    ],
)
def test_every_range_has_its_type(values: list[float], kind: ElementType) -> None:
    """Negative, wide and fractional pixels travel as the narrowest type that keeps them."""
    dtype = np.uint64 if kind is ElementType.UINT64 else None
    pixels = np.array([values], dtype=dtype)
    body = image_bytes(pixels, TRANSACTION)
    assert struct.unpack_from("<11i", body)[6] == kind
    assert np.array_equal(decoded(body), pixels)


@pytest.mark.parametrize("element", list(ElementType))
def test_every_element_type_can_be_chosen(element: ElementType) -> None:
    """A frame that fits travels as the chosen type, whichever that is."""
    pixels = np.arange(12, dtype=np.uint16).reshape(4, 3)
    body = image_bytes(pixels, TRANSACTION, element=element)
    assert struct.unpack_from("<11i", body)[5:7] == (ElementType.INT32, element)
    assert np.array_equal(decoded(body), pixels)


def test_a_chosen_type_never_spoils_a_frame() -> None:
    """A frame that does not fit the chosen type travels as the narrowest that holds it."""
    pixels = np.array([[40_000]], dtype=np.uint16)
    assert np.array_equal(decoded(image_bytes(pixels, TRANSACTION, element=ElementType.BYTE)), pixels)
    assert np.array_equal(decoded(image_bytes(pixels, TRANSACTION, element=ElementType.INT16)), pixels)


@given(npst.arrays(np.dtype("<i4"), npst.array_shapes(min_dims=2, max_dims=3, max_side=4)))
def test_any_frame_survives(pixels: np.ndarray[Any, Any]) -> None:
    """Whatever the pixels, with colour planes or without, a client reads what was sent, in both forms."""
    body = image_bytes(pixels, TRANSACTION)
    header = struct.unpack_from("<11i", body)
    assert header[7] == pixels.ndim
    assert header[8:] == (*pixels.shape, 0)[:3]
    assert np.array_equal(decoded(body), pixels)
    assert np.array_equal(np.array(image_json(pixels)["Value"]), pixels)


@given(st.integers(0, 2**32 - 1))
def test_ids_are_unsigned(client_id: int) -> None:
    """Both ids travel as unsigned numbers of 32 bits."""
    body = image_bytes(np.zeros((1, 1), np.uint16), Transaction(client_id, 3_000_000_000))
    assert struct.unpack_from("<2I", body, 8) == (client_id, 3_000_000_000)


def test_the_json_form_is_the_same_array() -> None:
    """JSON nests rows of y in x, and colour planes within."""
    pixels = np.arange(6, dtype=np.uint16).reshape(3, 2)
    assert image_json(pixels) == {"Type": 2, "Rank": 2, "Value": [[0, 1], [2, 3], [4, 5]]}
    assert image_json(pixels.reshape(1, 2, 3)) == {"Type": 2, "Rank": 3, "Value": [[[0, 1, 2], [3, 4, 5]]]}
    assert image_json(pixels / 2)["Type"] == 3


def test_the_answer_tells_its_length() -> None:
    """The length that is told is that of header and pixels."""
    pixels = np.full((700, 900), 50_000, dtype=np.uint16)
    answer = image_response(pixels, TRANSACTION)
    assert answer.headers["content-length"] == str(44 + pixels.nbytes)
    assert answer.headers["content-type"] == "application/imagebytes"
