"""Frames whose first row is above, and those whose first row is below."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from tsplug.imaging.encoding import Preview
from tsplug.imaging.preview import PreviewSettings
from tsplug.ports import FramePixels
from tsplug.services.frame_measuring import (
    field_rows,
    measure_pixels,
    pattern_of,
    preview_of,
    thumbnail_of_frame,
    thumbnail_of_measured,
)


def frame(*, upside_down: bool) -> FramePixels:
    """Return stars that are sharp above and soft below, all leaning to one side, in a sky that is brighter above."""
    y, x = np.mgrid[:600, :800]
    sky = np.random.default_rng(3).normal(1500 - y, 8)
    for row in range(30, 600, 40):
        for column in range(30, 800, 40):
            width, part = 1.5 + row / 600, (slice(row - 15, row + 16), slice(column - 15, column + 16))
            across, down = x[part] - column, y[part] - row
            along, beside = (across + down) / np.sqrt(2), (across - down) / np.sqrt(2)
            sky[part] += 9000 * np.exp(-(along**2) / (2 * (1.3 * width) ** 2) - beside**2 / (2 * width**2))
    pixels = np.rint(sky).astype(np.uint16)
    header = {"ROWORDER": "BOTTOM-UP"} if upside_down else {}
    return FramePixels(pixels[::-1].copy() if upside_down else pixels, header)


def shown(preview: Preview) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(preview.data)).convert("L")).astype(float)


@pytest.mark.parametrize("upside_down", [False, True], ids=["first row above", "ROWORDER = BOTTOM-UP"])
def test_pictures_and_maps_show_the_sky_the_right_way_up(upside_down: bool) -> None:
    """Bright sky is above in every picture, the soft stars below in the map, which lean to the lower right in both."""
    taken = frame(upside_down=upside_down)
    measured = measure_pixels(taken)
    settings = PreviewSettings(width_px=400)
    annotated = preview_of(taken, settings, measurement=measured, annotated=True)
    pictures = [preview_of(taken, settings), annotated, thumbnail_of_frame(taken)]
    for picture in map(shown, [*pictures, thumbnail_of_measured(taken, measured)]):
        half = picture.shape[0] // 2
        assert np.median(picture[:half]) > np.median(picture[half:])
    rows = field_rows(measured, taken.header)
    for cells in rows:
        assert [cell["ellipticity"] for cell in cells] == pytest.approx([1 - 1 / 1.3] * 3, abs=0.05)
        assert [cell["angle_deg"] for cell in cells] == pytest.approx([45.0] * 3, abs=6.0)
    assert (rows[0][1]["hfr"] or 9.0) < (rows[1][1]["hfr"] or 0.0) < (rows[2][1]["hfr"] or 0.0)


@pytest.mark.parametrize("scale", [1.0, 1 / 65_535], ids=["up to 65535", "up to 1"])
@pytest.mark.parametrize("wrong", [[70_000.0], [1e8], [3e38, -3e38, np.inf, -np.inf, 3e38, 3e38]], ids=str)
def test_absurd_pixels_change_neither_stars_nor_pictures(scale: float, wrong: list[float]) -> None:
    """A few floats that no camera makes leave full scale, noise and picture alone, and warn of nothing."""
    plain = np.float32(scale) * frame(upside_down=False).pixels[:, :400].astype(np.float32)
    spoilt = plain.copy()
    spoilt[10, 6 : 6 + len(wrong)] = np.float32(scale if max(wrong) < 1e9 else 1.0) * np.array(wrong, np.float32)
    told = [measure_pixels(FramePixels(pixels, {})).metrics for pixels in (plain, spoilt)]
    for key in ("stars_measured", "hfr", "noise"):
        assert told[1][key] == pytest.approx(told[0][key], rel=0.01)
    pictures = [shown(preview_of(FramePixels(pixels, {}), PreviewSettings(width_px=200))) for pixels in (plain, spoilt)]
    assert np.median(pictures[1]) == pytest.approx(np.median(pictures[0]), abs=2)


def test_circles_follow_the_stars_when_a_frame_is_turned() -> None:
    """What is drawn onto a frame is the same whichever row comes first in its file."""
    pictures = []
    for upside_down in (False, True):
        taken = frame(upside_down=upside_down)
        made = preview_of(taken, PreviewSettings(form="png"), measurement=measure_pixels(taken), annotated=True)
        pictures.append(shown(made))
    assert np.mean(np.abs(pictures[0] - pictures[1]) > 40) < 0.01


def test_levels_from_0_to_1_tell_the_same_of_stars() -> None:
    """A frame that a program for processing wrote as shares of full scale has the same stars."""
    taken = frame(upside_down=False)
    counted = measure_pixels(taken).metrics
    shares = measure_pixels(FramePixels(taken.pixels.astype(np.float32) / 65_535.0, {})).metrics
    for key in ("star_count", "stars_measured", "hfr", "fwhm", "snr"):
        assert shares[key] == pytest.approx(counted[key], rel=1e-3)


def test_the_detector_names_what_of_a_colour_frame_was_measured() -> None:
    """Numbers of a green plane, of a mosaic and of a frame without colours are never compared with each other."""
    plane = np.random.default_rng(4).normal(800.0, 20.0, (96, 96)).astype(np.uint16)
    frames = {
        "": FramePixels(plane, {}),
        "mosaic": FramePixels(plane, {"BAYERPAT": "RGGB"}),
        "green": FramePixels(np.stack([plane, plane, plane]), {}),
    }
    detectors = {colour: measure_pixels(frame).detector.split() for colour, frame in frames.items()}
    assert [detectors[colour][2] for colour in ("mosaic", "green")] == ["mosaic", "green"]
    assert len(detectors[""]) == 3
    assert len({words[-1] for words in detectors.values()}) == 1


@pytest.mark.parametrize("shift", [math.inf, -math.inf, math.nan, "1"], ids=str)
def test_shifts_of_a_mosaic_that_are_no_number_count_as_none(shift: float | str) -> None:
    """A host may hand in any header; what says nothing changes nothing."""
    assert pattern_of({"BAYERPAT": "RGGB", "XBAYROFF": shift, "YBAYROFF": 1}) == "GBRG"
