"""Small pictures of frames."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tsplug.imaging.encoding import encode
from tsplug.imaging.preview import Colour, PreviewSettings, Reduced, full_scale_of, picture, thumbnail


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


def mosaic(red: int, green: int, blue: int, pattern: str = "RGGB") -> np.ndarray:
    """Draw a noisy sky of one colour under a mosaic, with a bright square in it."""
    levels = {"R": red, "G": green, "B": blue}
    cell = np.array([levels[letter] for letter in pattern], dtype=np.float64).reshape(2, 2)
    frame = np.tile(cell, (150, 200)) + np.random.default_rng(5).normal(0, 10, (300, 400))
    frame[100:140, 100:140] *= 8
    return np.rint(frame).astype(np.uint16)


@pytest.mark.parametrize("pattern", ["RGGB", "BGGR", "GRBG", "GBRG"])
def test_unlinked_colours_make_the_sky_grey(pattern: str) -> None:
    """Each channel is stretched by itself: the sky is grey whatever its colour, under every pattern."""
    made = picture(mosaic(900, 2000, 600, pattern), PreviewSettings(width_px=100), pattern=pattern)
    assert made.shape == (75, 100, 3)
    sky = np.median(made[:20], axis=(0, 1)) / 255
    assert sky == pytest.approx([0.25, 0.25, 0.25], abs=0.03)


def test_linked_colours_stay() -> None:
    """All channels stretched alike keep what is redder or bluer; brightness alone has no colour."""
    frame = mosaic(900, 1000, 850)
    linked = picture(frame, PreviewSettings(width_px=100, colour=Colour.LINKED), pattern="RGGB")
    red, green, blue = np.median(linked[:20], axis=(0, 1))
    assert blue < red < green
    assert picture(frame, PreviewSettings(width_px=100, colour=Colour.MONO), pattern="RGGB").shape == (75, 100)


def test_planes_of_colour_are_shown_in_colour() -> None:
    """Three planes are red, green and blue, whatever a pattern says."""
    planes = np.random.default_rng(1).normal(1000, 20, (3, 200, 300))
    planes[0, 80:120, 80:120] = 30_000
    made = picture(planes.astype(np.uint16), PreviewSettings(width_px=150))
    assert made.shape == (100, 150, 3)
    assert made[50, 50, 0] > 200 > made[50, 50, 1]
    assert thumbnail(planes.astype(np.uint16)).width_px == 288


def test_what_was_measured_saves_another_pass_and_changes_nothing_to_see() -> None:
    """A picture of the sums of 2x2 and the exact levels is that of the frame itself within a level or two."""
    frame = np.random.default_rng(2).normal(1000, 30, (800, 1200)).astype(np.uint16)
    frame[100:140, 100:140] = 40_000
    sums = frame.reshape(400, 2, 600, 2).sum(axis=(1, 3), dtype=np.float32)
    median = float(np.median(frame))
    reduced = Reduced(sums, median, float(np.median(np.abs(frame - median))))
    settings = PreviewSettings(width_px=256)
    ours, whole = (picture(frame, settings, reduced=each).astype(int) for each in (reduced, None))
    assert np.abs(ours - whole).max() <= 6
    assert np.abs(ours - whole).mean() < 1.5


@pytest.mark.parametrize("width", [16, 100, 399, 400, 4000])
@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_every_size_and_form(width: int, form: str) -> None:
    """Pictures have the width that was asked for, as far as the frame is that wide, as PNG and as JPEG."""
    settings = PreviewSettings(width_px=width, form=form)  # type: ignore[arg-type]
    preview = encode(picture(mosaic(900, 900, 900), settings), settings.form)
    shown = opened(preview.data)
    assert shown.size == (preview.width_px, preview.height_px) == (min(width, 400), round(min(width, 400) * 3 / 4))
    assert (shown.format or "").lower() == form


def test_full_scale_follows_from_the_pixels() -> None:
    """Narrow integers have that of their type, floats up to one have it at one, others as cameras do."""
    assert full_scale_of(np.zeros(4, np.uint8)) == 255
    assert full_scale_of(np.zeros(4, np.uint16)) == 65_535
    assert full_scale_of(np.array([0.1, np.nan, 0.7])) == 1.0
    assert full_scale_of(np.array([0.1, 700.0])) == 65_535
    assert full_scale_of(np.array([0, 2**31], np.uint32)) == 2**31
    assert full_scale_of(np.full(3, np.nan)) == 1.0


def test_a_sky_below_zero_is_no_frame_from_zero_to_one() -> None:
    """Calibrated frames whose pedestal was taken off keep a camera's range; noise about 0 does not change that of 1."""
    field = np.random.default_rng(1).normal(0.0, 20.0, 4000)
    assert full_scale_of(np.append(field - 5000.0, 700.0)) == 65_535
    assert full_scale_of(np.append(field - 60.0, 700.0)) == 65_535
    assert full_scale_of(np.append(field / 5000.0, 0.7)) == 1.0


def test_a_few_pixels_far_beyond_all_others_are_no_full_scale() -> None:
    """One that overshoots 1, a fault of the file, or infinity says nothing of the others; a star's several do."""
    field = np.linspace(0.0, 1.0, 4000)
    for wrong in (1.05, 3e38, np.inf):
        assert full_scale_of(np.append(field, wrong)) == 1.0
        assert full_scale_of(np.append(700.0 * field, wrong)) == 65_535
    assert full_scale_of(np.append(700.0 * field, [1e30, 1e9, 5e5, 5e5, 4e5, 3e5])) == 5e5
