"""What stands on the horizon hides what is behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.horizon import Horizon
from hostsim.sky.scenario import HorizonPoint


def skyline(*points: tuple[float, float]) -> Horizon:
    return Horizon(tuple(HorizonPoint(azimuth_deg=azimuth, altitude_deg=altitude) for azimuth, altitude in points))


TREE = skyline((270.0, 40.0), (240.0, 5.0), (300.0, 5.0), (0.0, 5.0))


@given(st.floats(-90.0, 90.0), st.floats(0.0, 360.0))
def test_a_free_horizon_hides_nothing(altitude_deg: float, azimuth_deg: float) -> None:
    """Without a skyline everything is free."""
    assert skyline().hides(altitude_deg, azimuth_deg) == 0.0


def test_the_edge_is_soft() -> None:
    """The aperture is free above the tree, half hidden at its edge and hidden behind it."""
    assert TREE.hides(41.0, 270.0) == 0.0
    assert TREE.hides(40.0, 270.0) == pytest.approx(0.5)
    assert TREE.hides(39.0, 270.0) == 1.0
    assert TREE.hides(30.0, 180.0) == 0.0


def test_the_skyline_is_straight_between_points() -> None:
    """Halfway up the side of the tree it is half as high."""
    assert TREE.altitude_deg(255.0) == pytest.approx(22.5)


def test_the_skyline_closes_over_north() -> None:
    """Between the last point and the first it goes on through north."""
    wall = skyline((350.0, 20.0), (10.0, 30.0))
    assert wall.altitude_deg(0.0) == pytest.approx(25.0)
    assert wall.altitude_deg(360.0) == wall.altitude_deg(0.0)
    assert wall.altitude_deg(-5.0) == pytest.approx(wall.altitude_deg(355.0))


@given(st.floats(0.0, 90.0), st.floats(0.0, 90.0), st.floats(0.0, 360.0))
def test_higher_is_never_more_hidden(one: float, other: float, azimuth_deg: float) -> None:
    """Climbing frees the view."""
    low, high = sorted((one, other))
    assert 0.0 <= TREE.hides(high, azimuth_deg) <= TREE.hides(low, azimuth_deg) <= 1.0
