"""Parts of a frame without stars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_frames import SCENES, draw
from judging_frames import measure_drawn

from tsplug.imaging.cells import dead_cells

SHAPE = (600, 800)


def stars(count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    return random.uniform(0, SHAPE[1], count), random.uniform(0, SHAPE[0], count)


def test_a_field_without_obstruction_has_no_dead_cell() -> None:
    """Chance alone leaves no cell empty."""
    assert dead_cells(stars(960), shape=SHAPE) == 0


@pytest.mark.parametrize("count", [200, 280, 340, 400, 500, 600, 800, 1200])
def test_chance_kills_no_cell_of_a_field_however_full(count: int) -> None:
    """Evenly strewn stars leave cells empty where they are few, of which nothing is told then."""
    random = np.random.default_rng(11)
    fields = [(random.uniform(0, SHAPE[1], count), random.uniform(0, SHAPE[0], count)) for _ in range(300)]
    told = [dead_cells(field, shape=SHAPE) for field in fields]
    assert sum(bool(each) for each in told) <= 3


@pytest.mark.parametrize("count", [700, 1500, 6000])
def test_half_a_frame_behind_a_tree_is_dead(count: int) -> None:
    """The fuller half tells what cells usually hold."""
    random = np.random.default_rng(count)
    x, y = random.uniform(0, SHAPE[1] / 2, count), random.uniform(0, SHAPE[0], count)
    assert dead_cells((x, y), shape=SHAPE) == 24


def test_a_tree_on_one_side_kills_the_cells_it_covers() -> None:
    """Two columns of six cells are hidden."""
    x, y = stars(960)
    free = x > 200
    assert dead_cells((x[free], y[free]), shape=SHAPE) == 12


def test_a_frame_on_its_side_has_its_grid_turned() -> None:
    """Eight cells lie along the longer side."""
    y, x = stars(960)
    free = y > 200
    assert dead_cells((x[free], y[free]), shape=(800, 600)) == 12


def test_too_few_stars_tell_nothing() -> None:
    """Under cloud no cell is called dead."""
    assert dead_cells(stars(100), shape=SHAPE) is None


@pytest.mark.parametrize("covered", [0, 4])
def test_a_frame_that_is_partly_covered_says_so(covered: int) -> None:
    """Sky without stars behind an obstruction shows in the metric."""
    drawn = draw(SCENES["crowded"], width=1200, height=900, seed=2)
    pixels = drawn.pixels.copy()
    random = np.random.default_rng(1)
    hidden = pixels[:300, :300]
    if covered:
        hidden[...] = np.clip(random.normal(1000, 25, hidden.shape), 0, 65_535)
    assert measure_drawn(replace(drawn, pixels=pixels)).metrics["dead_cells"] == covered
