"""Pictures as bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tsplug.imaging.encoding import encode, is_ours, picture_fault
from tsplug.imaging.preview import thumbnail


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_our_pictures_are_known(form: str) -> None:
    """A picture made here says so within its first bytes; one of Pillow's own does not."""
    picture = np.zeros((40, 61, 3), np.uint8)
    assert is_ours(encode(picture, form).data)  # type: ignore[arg-type]
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format=form)
    assert not is_ours(stream.getvalue())


@pytest.mark.parametrize("shape", [(1, 1), (40, 61), (40, 61, 3)], ids=str)
def test_png_keeps_every_level(shape: tuple[int, ...]) -> None:
    """What Pillow reads of a PNG of ours is what went in, grey or in colour."""
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    made = encode(picture, "png")
    with Image.open(io.BytesIO(made.data)) as read:
        assert np.array_equal(np.asarray(read), picture)
    assert (made.media_type, made.height_px, made.width_px) == ("image/png", *shape[:2])


def test_what_is_no_picture_is_told() -> None:
    """A whole picture has no fault; a cut one, and bytes that are none, say so."""
    data = thumbnail(np.random.default_rng(1).normal(1000, 30, (300, 400)).astype(np.uint16)).data
    assert picture_fault(data) == ""
    assert "truncated" in picture_fault(data[: len(data) // 2])
    assert picture_fault(b"jpeg") == "4 bytes: cannot identify image file"
