"""Dust casts soft rings where it lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.dust import SENSOR_WINDOW, Shadows, patches, shadows


def grain(right_um: float) -> Shadows:
    """Return one grain with a shadow of 40 micrometres and 10 per cent."""
    return Shadows(np.array([right_um]), np.array([0.0]), np.array([40.0]), np.array([0.1]))


def shaded(right_um: float) -> np.ndarray:
    """Return an even light on 101 by 81 pixels of 4 micrometres behind one grain."""
    light = np.ones((101, 81), dtype=np.float32)
    for patch in patches(grain(right_um), shape=(101, 81), pixel_um=4.0):
        patch.dim(light, first_x=0, first_y=0)
    return light


def test_a_grain_darkens_a_ring() -> None:
    """A shadow is deepest in the ring, lighter in its middle, and nothing far away."""
    light = shaded(0.0)
    assert light[50 + 7, 40] == pytest.approx(0.9, abs=0.005)
    assert light[50, 40] == pytest.approx(0.95, abs=0.005)
    assert light[50 + 20, 40] == 1.0


@pytest.mark.parametrize("right_um", [-1000.0, -200.0, 200.0, 1000.0])
def test_a_grain_at_or_beyond_the_edge_is_cut(right_um: float) -> None:
    """Shadows that cross the edge are cut, those outside leave the frame alone."""
    assert (shaded(right_um).min() < 0.95) == (abs(right_um) < 500.0)


@given(st.integers(0, 100), st.integers(0, 80), st.integers(1, 60), st.integers(1, 60))
def test_a_part_is_shaded_as_its_place_is(x: int, y: int, width: int, height: int) -> None:
    """A part of the sensor shows the part of the shadow that falls there."""
    part = np.ones((min(width, 101 - x), min(height, 81 - y)), dtype=np.float32)
    for patch in patches(grain(30.0), shape=(101, 81), pixel_um=4.0):
        patch.dim(part, first_x=x, first_y=y)
    assert np.array_equal(part, shaded(30.0)[x : x + part.shape[0], y : y + part.shape[1]])


def test_surfaces_have_their_own_grains() -> None:
    """A surface keeps its grains for a seed; another surface or seed has others."""
    size_um = (3000.0, 2000.0)
    one = shadows(1, "window", layer=SENSOR_WINDOW, size_um=size_um)
    assert np.array_equal(one.right_um, shadows(1, "window", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert not np.array_equal(one.right_um, shadows(1, "filter L", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert not np.array_equal(one.right_um, shadows(2, "window", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert one.right_um.size == SENSOR_WINDOW.grains
