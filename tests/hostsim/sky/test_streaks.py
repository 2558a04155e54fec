"""What moves is drawn along its whole way, with all its light."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.sky.psf import PointSpread
from hostsim.sky.stamps import DrawnStars
from hostsim.sky.streaks import clipped, draw_moving, draw_streaks

SIZE = 240


def star(x: float = 120.0, y: float = 118.0, kind: int = 0, alpha: float = 2.0) -> DrawnStars:
    """Return one round star of 100 000 electrons."""
    spread = PointSpread(*(np.array([part]) for part in (alpha**2, 0.0, alpha**2)), kind=np.array([kind]))
    return DrawnStars(np.array([x]), np.array([y]), np.array([[1.0e5]]), spread=spread)


def moved(length: float, angle: float, drawn: DrawnStars | None = None) -> np.ndarray:
    """Return a canvas with one star that moves."""
    canvas = np.zeros((SIZE, SIZE), dtype=np.float32)
    draw_moving(canvas, drawn or star(), move=(length * math.cos(angle), length * math.sin(angle)), faintest_e=0.01)
    return canvas.astype(float)


def along(canvas: np.ndarray, angle: float) -> tuple[float, float, float]:
    """Return light, its mean place along a direction through (120, 118), and its spread there."""
    x, y = np.meshgrid(np.arange(SIZE) - 120.0, np.arange(SIZE) - 118.0, indexing="ij")
    place = x * math.cos(angle) + y * math.sin(angle)
    mean = float(np.average(place, weights=canvas))
    return float(canvas.sum()), mean, math.sqrt(float(np.average((place - mean) ** 2, weights=canvas)))


@settings(max_examples=40, deadline=None)
@given(length=st.floats(0.0, 150.0), angle=st.floats(-math.pi, math.pi), kind=st.sampled_from([0, 8]))
def test_a_trail_keeps_light_place_and_length(length: float, angle: float, kind: int) -> None:
    """However far a star moves it keeps its flux and middle; its spread is that of an even line of the length."""
    drawn = star(kind=kind, alpha=2.0 if kind == 0 else 5.0)
    light, mean, spread = along(moved(length, angle, drawn), angle)
    assert light == pytest.approx(1.0e5, rel=0.02)
    assert mean == pytest.approx(0.0, abs=0.1)
    if length > 60.0:
        assert spread == pytest.approx(length / math.sqrt(12.0), rel=0.04)


def test_trails_grow_smoothly_from_points_to_lines() -> None:
    """Where the way of drawing changes, the peak and the width of a trail change by little."""
    peaks = np.array([moved(length, 0.4).max() for length in np.arange(0.5, 30.0, 0.5)])
    assert np.all(peaks[1:] < 1.03 * peaks[:-1])
    assert np.all(peaks[1:] > 0.85 * peaks[:-1])


def test_a_long_trail_is_even() -> None:
    """Along its middle a trail is as bright as its flux over its length and width says."""
    canvas = moved(100.0, 0.0)
    across = canvas[90:150].sum(axis=1)
    assert across == pytest.approx(np.full(60, 1.0e5 / 100.0), rel=0.01)


@pytest.mark.parametrize("angle", [0.0, 0.7, 1.3, 2.4])
def test_a_streak_that_leaves_the_canvas_is_cut_clean(angle: float) -> None:
    """A satellite's trail through a small canvas is that part of the trail on a large one."""
    small, large = np.zeros((60, 50), dtype=np.float32), np.zeros((460, 450), dtype=np.float32)
    move = (380.0 * math.cos(angle), 380.0 * math.sin(angle))
    draw_streaks(small, star(30.0, 25.0), move=move, faintest_e=0.01)
    draw_streaks(large, star(230.0, 225.0), move=move, faintest_e=0.01)
    assert small.max() > 50.0
    assert np.allclose(small, large[200:260, 200:250], rtol=1e-3, atol=0.05)


def test_many_streaks_add_up() -> None:
    """Trails drawn together are the sum of trails drawn one by one."""
    rng = np.random.default_rng(3)
    size = rng.uniform(2.0, 20.0, 40)
    spread = PointSpread(size, 0.2 * size, size, rng.integers(0, 9, 40), 0.35)
    stars = DrawnStars(rng.uniform(0, 80, 40), rng.uniform(0, 90, 40), rng.uniform(1e3, 1e5, (40, 1)), spread)
    together, singly = np.zeros((80, 90), dtype=np.float32), np.zeros((80, 90), dtype=np.float32)
    draw_streaks(together, stars, move=(70.0, -25.0), faintest_e=0.1)
    for row in range(40):
        draw_streaks(singly, stars.rows(np.array([row])), move=(70.0, -25.0), faintest_e=0.1)
    assert np.allclose(together, singly, rtol=1e-3, atol=0.01)


def test_a_line_is_cut_at_the_canvas() -> None:
    """A line across the canvas ends at its edges, one inside stays whole, one beside it is gone."""
    assert clipped((-10.0, 5.0), (30.0, 5.0), size=(20, 10)) == ((-0.5, 5.0), (19.5, 5.0))
    assert clipped((2.0, 3.0), (4.0, 8.0), size=(20, 10)) == ((2.0, 3.0), (4.0, 8.0))
    assert clipped((-10.0, 0.0), (-1.0, 9.0), size=(20, 10)) is None
