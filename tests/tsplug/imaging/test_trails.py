"""Trails that are wide, and lines of stars that are none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 900, 600
NOISE_ADU = 20.0


def sky(*, stars: int, fwhm: float, seed: int) -> Floats:
    """Return a noisy sky with Gaussian stars at random places."""
    random = np.random.default_rng(seed)
    frame = random.normal(800.0, NOISE_ADU, (HEIGHT, WIDTH))
    near = np.arange(-8, 9)
    for _ in range(stars):
        x, y = random.uniform(9, WIDTH - 9), random.uniform(9, HEIGHT - 9)
        column, row = int(x), int(y)
        down, across = (np.exp(-4.0 * math.log(2.0) * ((near - off) / fwhm) ** 2) for off in (y - row, x - column))
        light = random.uniform(10.0, 300.0) * NOISE_ADU * down[:, None] * across
        frame[row - 8 : row + 9, column - 8 : column + 9] += light
    return frame


def with_trail(frame: Floats, *, fwhm: float, height_adu: float) -> Floats:
    """Return a frame with a trail right across it."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    away = (y - HEIGHT / 2) * math.cos(0.5) - (x - WIDTH / 2) * math.sin(0.5)
    return np.asarray(frame + height_adu * np.exp(-4.0 * math.log(2.0) * (away / fwhm) ** 2))


@pytest.mark.parametrize(
    ("fwhm", "height"), [(3.0, 3.0), (9.4, 2.5), (9.4, 30.0), (12.0, 3.0), (16.0, 4.0), (20.0, 8.0)], ids=str
)
def test_wide_trails_are_trails_and_no_stars(fwhm: float, height: float) -> None:
    """An aeroplane's or a near satellite's trail is one, many pixels wide, and its noise is not counted as stars."""
    plain = sky(stars=60, fwhm=3.2, seed=1)
    crossed = with_trail(plain, fwhm=fwhm, height_adu=height * NOISE_ADU)
    without, found = (measure_frame(each.astype(np.uint16), StarSettings()).metrics for each in (plain, crossed))
    assert (without["trail_count"], found["trail_count"]) == (0, 1)
    assert found["trail_length"] == pytest.approx(WIDTH / math.cos(0.5), rel=0.1)
    assert found["star_count"] <= without["star_count"] + 1


def test_where_stars_crowd_a_line_of_them_is_no_trail() -> None:
    """Any line passes many stars of the Milky Way, and many blends among them look long."""
    crowded = sky(stars=2400, fwhm=2.0, seed=5)
    assert measure_frame(crowded.astype(np.uint16), StarSettings()).metrics["trail_count"] == 0
