"""Frames on the wire."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from hostsim.alpaca.envelope import Transaction
from hostsim.alpaca.images import image_bytes, image_json

TRANSACTION = Transaction(2**32 - 1, 5)


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


def test_the_json_form_is_the_same_array() -> None:
    """JSON nests rows of y in x."""
    pixels = np.arange(6, dtype=np.uint16).reshape(3, 2)
    assert image_json(pixels) == {"Type": 2, "Rank": 2, "Value": [[0, 1], [2, 3], [4, 5]]}
