"""Stars are drawn with all their light, where they are, in their band, and never outside the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sep_radii import half_flux_radii

from hostsim.sky.psf import PointSpread
from hostsim.sky.stamps import DrawnStars, draw

RGGB = np.array([[0, 1], [1, 2]])


def shapes(count: int, matrix: tuple[float, float, float], kind: int = 0) -> PointSpread:
    """Return the same shape for some stars."""
    return PointSpread(*(np.full(count, part) for part in matrix), kind=np.full(count, kind), obstruction=0.35)


def one_star(x: float, y: float, matrix: tuple[float, float, float], kind: int = 0) -> DrawnStars:
    """Return a single star of 100 000 electrons."""
    return DrawnStars(np.array([x]), np.array([y]), np.array([[1.0e5]]), spread=shapes(1, matrix, kind))


@settings(max_examples=40, deadline=None)
@given(x=st.floats(60.0, 66.0), y=st.floats(50.0, 54.0), alpha=st.floats(0.9, 6.0), shear=st.floats(-0.4, 0.4))
def test_light_and_place_are_kept(x: float, y: float, alpha: float, shear: float) -> None:
    """The canvas receives the star's flux, centred on its position to a small part of a pixel."""
    canvas = np.zeros((128, 104), dtype=np.float32)
    draw(canvas, one_star(x, y, (alpha**2, shear * alpha**2, alpha**2)), faintest_e=0.01)
    assert canvas.sum() == pytest.approx(1.0e5, rel=0.01)
    assert float(np.average(np.arange(128), weights=canvas.sum(axis=1))) == pytest.approx(x, abs=0.05)
    assert float(np.average(np.arange(104), weights=canvas.sum(axis=0))) == pytest.approx(y, abs=0.05)


@settings(max_examples=30, deadline=None)
@given(kind=st.integers(3, 14), alpha=st.floats(4.0, 18.0), x=st.floats(99.0, 101.0))
def test_a_donut_keeps_its_light_and_its_half_flux_radius(kind: int, alpha: float, x: float) -> None:
    """A defocused star has all its light, half of it within the half-flux radius of its shape."""
    canvas = np.zeros((201, 201), dtype=np.float32)
    star = one_star(x, 100.0, (alpha**2, 0.0, alpha**2), kind)
    draw(canvas, star, faintest_e=0.001)
    assert canvas.sum() == pytest.approx(1.0e5, rel=0.01)
    measured = half_flux_radii(canvas.T, np.array([x]), np.array([100.0]), reach=np.array([5.0 * alpha]))
    assert measured[0] == pytest.approx(float(star.spread.hfr_px()[0]), rel=0.025)


def test_a_donut_is_dark_in_the_middle() -> None:
    """Far from focus the middle of a star is dark, and its ring the brightest."""
    canvas = np.zeros((81, 81), dtype=np.float32)
    draw(canvas, one_star(40.0, 40.0, (400.0, 0.0, 400.0), 14), faintest_e=0.01)
    assert canvas[40, 40] < 0.1 * canvas[40 + 11, 40]


@given(x=st.floats(-60.0, 100.0), y=st.floats(-60.0, 90.0))
@settings(max_examples=40, deadline=None)
def test_the_edge_cuts_a_star_clean(x: float, y: float) -> None:
    """A star at or beyond the edge leaves on the canvas what a larger canvas shows there."""
    small, large = np.zeros((40, 30), dtype=np.float32), np.zeros((240, 230), dtype=np.float32)
    draw(small, one_star(x, y, (4.0, 1.0, 5.0)), faintest_e=0.1)
    draw(large, one_star(x + 100.0, y + 100.0, (4.0, 1.0, 5.0)), faintest_e=0.1)
    assert np.allclose(small, large[100:140, 100:130], atol=1e-2)


def many(count: int = 300) -> DrawnStars:
    """Return stars of all sizes and kinds, some over each other."""
    rng = np.random.default_rng(5)
    size = rng.uniform(1.5, 30.0, count)
    spread = PointSpread(size, 0.3 * size, size * rng.uniform(0.8, 1.2, count), rng.integers(0, 12, count), 0.35)
    return DrawnStars(rng.uniform(0, 60, count), rng.uniform(0, 50, count), rng.uniform(10, 1e6, (count, 1)), spread)


def test_many_stars_add_up() -> None:
    """Stars drawn together give the sum of stars drawn one by one, whatever their shapes, also where they overlap."""
    stars = many()
    together, singly = np.zeros((60, 50), dtype=np.float32), np.zeros((60, 50), dtype=np.float32)
    draw(together, stars, faintest_e=0.5)
    for row in range(300):
        draw(singly, stars.rows(np.array([row])), faintest_e=0.5)
    assert np.allclose(together, singly, rtol=1e-4)


def test_a_mosaic_shows_each_pixel_its_band() -> None:
    """Each cell of a mosaic shows what a canvas of its band alone shows there, also left of and above the canvas."""
    stars = many(60)
    colours = DrawnStars(stars.x - 5.0, stars.y - 5.0, stars.flux_e * np.array([[1.0, 0.6, 0.3]]), stars.spread)
    mosaic = np.zeros((60, 50), dtype=np.float32)
    draw(mosaic, colours, faintest_e=0.5, pattern=RGGB)
    for column, row in ((0, 0), (0, 1), (1, 0), (1, 1)):
        plane = np.zeros((60, 50), dtype=np.float32)
        alone = colours.flux_e[:, RGGB[column, row]][:, None] * np.ones((1, 3))
        draw(plane, DrawnStars(colours.x, colours.y, alone, colours.spread), faintest_e=0.1, pattern=RGGB)
        assert np.allclose(mosaic[column::2, row::2], plane[column::2, row::2], rtol=1e-3, atol=60.0)


def test_the_long_axis_lies_along_the_shear() -> None:
    """A positive xy term stretches a star along the diagonal x = y."""
    canvas = np.zeros((41, 41), dtype=np.float32)
    draw(canvas, one_star(20.0, 20.0, (6.0, 3.0, 6.0)), faintest_e=0.1)
    assert canvas[24, 24] > 2.0 * canvas[24, 16]
