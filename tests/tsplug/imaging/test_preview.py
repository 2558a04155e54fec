"""Small pictures of frames."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tsplug.imaging.preview import midtones, picture_fault, stretch, thumbnail


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((1200, 1600), (256, 192)),
        ((1000, 1000), (192, 192)),
        ((400, 3000), (1440, 192)),
        ((191, 300), (300, 191)),
        ((300, 1), (1, 192)),
    ],
    ids=str,
)
def test_a_thumbnail_is_192_high_and_in_proportion(shape: tuple[int, int], size: tuple[int, int]) -> None:
    """Pillow opens what we write; small frames are not enlarged."""
    preview = thumbnail(np.random.default_rng(1).normal(1000, 30, shape).astype(np.uint16))
    picture = opened(preview.data)
    assert picture.size == size == (preview.width_px, preview.height_px)
    assert picture.format == "JPEG"
    assert preview.media_type == "image/jpeg"


def test_the_background_comes_to_a_quarter_and_stars_stay_bright() -> None:
    """Half of the picture is darker than 0.25, and what is at full scale stays white."""
    frame = np.random.default_rng(2).normal(1000, 30, (384, 512))
    frame[100:120, 100:120] = 65_535
    levels = np.asarray(opened(thumbnail(frame.astype(np.uint16)).data))
    assert np.median(levels) / 255 == pytest.approx(0.25, abs=0.02)
    assert levels.max() > 245


def test_the_stretch_is_the_midtones_transfer_function() -> None:
    """0, the balance and 1 go to 0, a half and 1; shadows below -2.8 sigma become black."""
    assert midtones(np.array([0.0, 0.2, 1.0]), 0.2) == pytest.approx([0.0, 0.5, 1.0])
    values = np.random.default_rng(3).normal(0.1, 0.01, 10_000)
    stretched = stretch(values)
    assert stretched.min() == 0.0
    assert np.median(stretched) == pytest.approx(0.25, abs=1e-6)
    assert np.mean(stretched == 0.0) == pytest.approx(0.0026, abs=0.002)


@pytest.mark.parametrize("level", [0, 7, 65_535])
def test_a_frame_of_one_level_makes_a_picture(level: int) -> None:
    """No division by zero, no warning."""
    opened(thumbnail(np.full((300, 400), level, dtype=np.uint16)).data)


def test_pixels_in_any_byte_order_and_with_holes_make_a_picture() -> None:
    """Big-endian frames look the same; NaN is dark."""
    frame = np.random.default_rng(1).normal(1000, 30, (200, 300)).astype(np.uint16)
    assert thumbnail(frame.astype(">u2")).data == thumbnail(frame).data
    holes = frame.astype(np.float32)
    holes[:50] = np.nan
    opened(thumbnail(holes).data)


def test_what_is_no_picture_is_told() -> None:
    """A whole picture has no fault; a cut one, and bytes that are none, say so."""
    data = thumbnail(np.random.default_rng(1).normal(1000, 30, (300, 400)).astype(np.uint16)).data
    assert picture_fault(data) == ""
    assert "truncated" in picture_fault(data[: len(data) // 2])
    assert picture_fault(b"jpeg") == "4 bytes: cannot identify image file"
