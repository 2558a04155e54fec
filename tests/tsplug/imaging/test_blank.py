"""Frames of which parts show no sky: borders that registering leaves, and what is no number."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tsplug.imaging.background import measure_background
from tsplug.imaging.blank import filled
from tsplug.imaging.stars import StarMeasurement, measure_stars

Floats = NDArray[np.float64]
HEIGHT, WIDTH, NOISE_ADU = 440, 660, 25.0
X, Y = np.meshgrid(np.arange(WIDTH, dtype=float), np.arange(HEIGHT, dtype=float))


@cache
def light() -> tuple[Floats, Floats, Floats]:
    """Return stars on a sloping sky without noise, and their columns and rows."""
    random = np.random.default_rng(4)
    x, y = 20.0 + 50.0 * np.arange(13), 20.0 + 50.0 * np.arange(9)
    columns, rows = (each.ravel() for each in np.meshgrid(x, y))
    frame = 1000.0 + 0.3 * X
    for column, row, height in zip(columns, rows, random.uniform(600.0, 9000.0, columns.size), strict=True):
        part = np.s_[int(row) - 9 : int(row) + 10, int(column) - 9 : int(column) + 10]
        frame[part] += height * np.exp(-((X[part] - column) ** 2 + (Y[part] - row) ** 2) / (2.0 * 1.5**2))
    return frame, columns, rows


def seen(blank: NDArray[np.bool_], value: float) -> Floats:
    """Return the frame through whole levels and noise, with one value in some of its pixels."""
    frame = np.rint(light()[0] + np.random.default_rng(5).normal(0.0, NOISE_ADU, X.shape))
    return np.where(blank, value, frame)


def invented(result: StarMeasurement) -> int:
    """Return how many of the stars that were counted are none."""
    assert result.places is not None
    _, columns, rows = light()
    away = np.hypot(result.places[0][:, None] - columns, result.places[1][:, None] - rows)
    return int(np.count_nonzero(away.min(axis=1) > 3.0))


BORDERS = {
    "two sides": (Y < 37) | (X < 53),
    "slanted": math.cos(0.1) * (X - 90) + math.sin(0.1) * Y < 0,
    "more than half": X < 400,
    "the far sides": (Y >= 400) | (X >= 610),
}


@pytest.mark.parametrize("value", [0.0, 500.0, np.nan], ids=str)
@pytest.mark.parametrize("border", BORDERS)
def test_borders_without_sky_invent_no_stars(border: str, value: float) -> None:
    """Sky, noise and stars are those of the rest of the frame, whatever its border is filled with."""
    blank = BORDERS[border]
    result = measure_stars(seen(blank, value).astype(np.float32))
    _, columns, rows = light()
    whole = ~blank[rows.astype(int), columns.astype(int)]
    assert invented(result) == 0
    # Stars in the sky's last pixels have no surroundings and do not count.
    assert 0.8 * np.count_nonzero(whole) <= result.star_count <= np.count_nonzero(whole)
    assert result.noise == pytest.approx(NOISE_ADU, rel=0.08)
    assert result.background == pytest.approx(float(np.median(1000.0 + 0.3 * X[~blank])), abs=25.0)


def test_a_sky_without_noise_is_no_border() -> None:
    """A drawn frame of exactly one level between its stars shows all of them."""
    frame = np.rint(light()[0] - 0.3 * X).astype(np.uint16)
    result = measure_stars(frame)
    assert (result.star_count, invented(result)) == (light()[1].size, 0)


def test_saturated_areas_are_light() -> None:
    """The even middle of an overexposed star is no border: the sky round it is measured as ever."""
    frame = seen(np.hypot(X - 300, Y - 200) < 40, 65_535.0).astype(np.float32)
    assert measure_background(frame, tile_px=64, least_noise=0.1).blank is None


@pytest.mark.parametrize("levels", [1.0, 12.0, 40.0], ids=str)
def test_frames_that_show_sky_everywhere_have_no_blank_part(levels: float) -> None:
    """A few dead pixels or columns are no area, and neither are levels of which the sky's noise spans few."""
    frame = np.rint(seen(np.isin(X, (100, 101, 300)), 0.0) / levels).astype(np.float32)
    assert measure_background(frame, tile_px=64, least_noise=0.1).blank is None


def test_unknown_tiles_go_on_as_known_ones_do() -> None:
    """Beside known tiles a slope goes on; further out it ends."""
    mesh = np.arange(7.0) + np.zeros((3, 1))
    mesh[:, 4:] = np.nan
    assert filled(mesh)[1].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0]
