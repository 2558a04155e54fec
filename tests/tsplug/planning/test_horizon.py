"""Altitude limits and the custom horizon."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.planning.horizon import AltitudeLimits, horizon_at

POINTS = ((90.0, 10.0), (180.0, 30.0), (270.0, 20.0))


@pytest.mark.parametrize(
    ("azimuth_deg", "altitude_deg"), [(90, 10), (135, 20), (270, 20), (0, 15), (360, 15), (45, 12.5)]
)
def test_a_horizon_is_linear_between_points_and_closed_through_north(azimuth_deg: float, altitude_deg: float) -> None:
    """The last point leads to the first across north."""
    found = horizon_at(np.array([float(azimuth_deg)]), POINTS)
    assert found is not None
    assert found[0] == pytest.approx(altitude_deg)


def test_no_points_are_no_horizon() -> None:
    """A site without a horizon has none to look up."""
    assert horizon_at(np.array([10.0]), ()) is None


def test_the_higher_of_horizon_and_minimum_counts() -> None:
    """The offset lifts the horizon, the minimum altitude holds below it, and nothing exceeds the zenith."""
    limits = AltitudeLimits(minimum_deg=20.0, maximum_deg=0.0, custom_horizon=True, horizon_offset_deg=5.0)
    assert limits.lowest(np.array([0.0, 30.0, 89.0])).tolist() == [20.0, 35.0, 90.0]


def test_a_horizon_that_is_not_asked_for_or_missing_leaves_the_minimum() -> None:
    """Only a project that uses the custom horizon is bound by it."""
    plain = AltitudeLimits(minimum_deg=20.0, maximum_deg=0.0, custom_horizon=False, horizon_offset_deg=5.0)
    assert plain.lowest(np.array([40.0])) == 20.0
    assert plain._replace(custom_horizon=True).lowest(None) == 20.0


def test_a_maximum_of_zero_is_the_zenith() -> None:
    """Zero switches the maximum altitude off."""
    limits = AltitudeLimits(0.0, 0.0, False, 0.0)
    assert limits.highest() == 90.0
    assert limits._replace(maximum_deg=70.0).highest() == 70.0
