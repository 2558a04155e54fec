"""Stars are drawn with all their light, where they are, and never outside the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.sky.psf import PointSpread
from hostsim.sky.stamps import DrawnStars, draw


def one_star(x: float, y: float, flux_e: float = 1.0e5) -> DrawnStars:
    """Return a single star."""
    return DrawnStars(np.array([x]), np.array([y]), np.array([flux_e]))


@settings(max_examples=40, deadline=None)
@given(x=st.floats(60.0, 66.0), y=st.floats(50.0, 54.0), alpha=st.floats(0.9, 6.0), shear=st.floats(-0.4, 0.4))
def test_light_and_place_are_kept(x: float, y: float, alpha: float, shear: float) -> None:
    """The canvas receives the star's flux, centred on its position to a small part of a pixel."""
    canvas = np.zeros((128, 104), dtype=np.float32)
    draw(canvas, one_star(x, y), spread=PointSpread(alpha**2, shear * alpha**2, alpha**2), faintest_e=0.01)
    assert canvas.sum() == pytest.approx(1.0e5, rel=0.01)
    assert float(np.average(np.arange(128), weights=canvas.sum(axis=1))) == pytest.approx(x, abs=0.05)
    assert float(np.average(np.arange(104), weights=canvas.sum(axis=0))) == pytest.approx(y, abs=0.05)


@given(x=st.floats(-60.0, 100.0), y=st.floats(-60.0, 90.0))
@settings(max_examples=40, deadline=None)
def test_the_edge_cuts_a_star_clean(x: float, y: float) -> None:
    """A star at or beyond the edge leaves on the canvas what a larger canvas shows there."""
    small, large = np.zeros((40, 30), dtype=np.float32), np.zeros((240, 230), dtype=np.float32)
    spread = PointSpread(4.0, 1.0, 5.0)
    draw(small, one_star(x, y), spread=spread, faintest_e=0.1)
    draw(large, one_star(x + 100.0, y + 100.0), spread=spread, faintest_e=0.1)
    assert np.allclose(small, large[100:140, 100:130], atol=1e-2)


def test_many_stars_add_up() -> None:
    """Stars drawn together give the sum of stars drawn one by one, also where they overlap."""
    rng = np.random.default_rng(5)
    x, y, flux = rng.uniform(0, 60, 300), rng.uniform(0, 50, 300), rng.uniform(10, 1e6, 300)
    together, singly = np.zeros((60, 50), dtype=np.float32), np.zeros((60, 50), dtype=np.float32)
    spread = PointSpread(3.0, 0.5, 2.0)
    draw(together, DrawnStars(x, y, flux), spread=spread, faintest_e=0.5)
    for place in zip(x, y, flux, strict=True):
        draw(singly, one_star(*place), spread=spread, faintest_e=0.5)
    assert np.allclose(together, singly, rtol=1e-4)


def test_the_long_axis_lies_along_the_shear() -> None:
    """A positive xy term stretches a star along the diagonal x = y."""
    canvas = np.zeros((41, 41), dtype=np.float32)
    draw(canvas, one_star(20.0, 20.0), spread=PointSpread(6.0, 3.0, 6.0), faintest_e=0.1)
    assert canvas[24, 24] > 2.0 * canvas[24, 16]
