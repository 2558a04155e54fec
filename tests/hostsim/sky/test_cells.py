"""Cells cover the sphere once, and a look finds all it touches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.cells import CELL_DEG, CellIndex, cell_bounds, cells_in_band, cells_near, every_cell

RIGHT_ASCENSION = st.floats(0.0, 360.0, exclude_max=True)


@given(ra_deg=RIGHT_ASCENSION, dec_deg=st.floats(-90.0, 90.0), radius_deg=st.floats(0.01, 3.0))
def test_a_look_finds_each_cell_once_and_the_centre_s_among_them(
    ra_deg: float, dec_deg: float, radius_deg: float
) -> None:
    """No cell is named twice, whatever the wrap or the pole, and one of them holds the place looked at."""
    found = cells_near(ra_deg, dec_deg, radius_deg=radius_deg)
    assert len(set(found)) == len(found)
    bounds = [cell_bounds(*cell) for cell in found]
    slack = 1e-9
    assert any(left - slack <= ra_deg <= right + slack and low <= dec_deg <= high for left, right, low, high in bounds)


def test_cells_tile_the_sphere() -> None:
    """Each band is cut into a whole number of cells of about the same width, and the bands reach from pole to pole."""
    bands = round(180.0 / CELL_DEG)
    for band in range(bands):
        count = cells_in_band(band)
        assert cell_bounds(band, count - 1)[1] == 360.0 or abs(cell_bounds(band, count - 1)[1] - 360.0) < 1e-9
    assert cell_bounds(0, 0)[2] == -90.0
    assert cell_bounds(bands - 1, 0)[3] == 90.0


@given(
    st.lists(st.tuples(RIGHT_ASCENSION, st.floats(-90.0, 90.0)), min_size=1, max_size=30),
)
def test_an_index_puts_each_row_in_its_cell(places: list[tuple[float, float]]) -> None:
    """The rows of the cells near a place hold it; the order is a permutation."""
    ra_deg, dec_deg = (np.array(column) for column in zip(*places, strict=True))
    index = CellIndex(ra_deg, dec_deg)
    assert sorted(index.order.tolist()) == list(range(len(places)))
    for row, place in enumerate(places):
        near = [index.order[index.rows(*cell)] for cell in cells_near(*place, radius_deg=0.01)]
        assert row in np.concatenate(near)


def test_every_cell_is_named_once_and_they_cover_the_sphere() -> None:
    """Their areas add up to that of the sky."""
    cells = every_cell()
    assert len(set(cells)) == len(cells)
    area = 0.0
    for band, index in cells:
        ra_low, ra_high, dec_low, dec_high = cell_bounds(band, index)
        area += (ra_high - ra_low) * math.degrees(math.sin(math.radians(dec_high)) - math.sin(math.radians(dec_low)))
    assert area == pytest.approx(41_252.96, abs=0.1)
