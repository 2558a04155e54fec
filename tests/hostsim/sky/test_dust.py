"""Dust casts soft rings where it lies."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.dust import SENSOR_WINDOW, Shadows, cast, shadows


def grain(right_um: float) -> Shadows:
    """Return one grain with a shadow of 40 micrometres and 10 per cent."""
    return Shadows(np.array([right_um]), np.array([0.0]), np.array([40.0]), np.array([0.1]))


def test_a_grain_darkens_a_ring() -> None:
    """A shadow is deepest in the ring, lighter in its middle, and nothing far away."""
    response = np.ones((101, 81), dtype=np.float32)
    cast(response, grain(0.0), pixel_um=4.0)
    assert response[50 + 7, 40] == pytest.approx(0.9, abs=0.005)
    assert response[50, 40] == pytest.approx(0.95, abs=0.005)
    assert response[50 + 20, 40] == 1.0


@pytest.mark.parametrize("right_um", [-1000.0, -200.0, 200.0, 1000.0])
def test_a_grain_at_or_beyond_the_edge_is_cut(right_um: float) -> None:
    """Shadows that cross the edge are cut, those outside leave the frame alone."""
    response = np.ones((101, 81), dtype=np.float32)
    cast(response, grain(right_um), pixel_um=4.0)
    assert (response.min() < 0.95) == (abs(right_um) < 500.0)


def test_surfaces_have_their_own_grains() -> None:
    """A surface keeps its grains for a seed; another surface or seed has others."""
    size_um = (3000.0, 2000.0)
    one = shadows(1, "window", layer=SENSOR_WINDOW, size_um=size_um)
    assert np.array_equal(one.right_um, shadows(1, "window", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert not np.array_equal(one.right_um, shadows(1, "filter L", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert not np.array_equal(one.right_um, shadows(2, "window", layer=SENSOR_WINDOW, size_um=size_um).right_um)
    assert one.right_um.size == SENSOR_WINDOW.grains
