"""Positions become altitude and azimuth, and those become directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.horizontal import direction, horizontal
from hostsim.sky.scene import SkySite


def test_the_pole_stands_in_the_north_as_high_as_the_latitude() -> None:
    """Whatever the hour, the pole stays where it is."""
    hours = np.arange(24.0)
    seen = horizontal(SkySite(), hours, ra_deg=np.zeros(24), dec_deg=np.full(24, 90.0))
    assert np.allclose(seen.altitude_deg, 47.2)
    assert np.allclose(np.cos(np.radians(seen.azimuth_deg)), 1.0)


def test_stars_rise_in_the_east() -> None:
    """A star of the equator climbs while its azimuth is below 180 degrees, and sinks after."""
    hours = np.linspace(0.0, 23.9, 200)
    seen = horizontal(SkySite(), hours, ra_deg=np.zeros(200), dec_deg=np.zeros(200))
    east = np.sin(np.radians(seen.azimuth_deg))
    assert np.all(np.gradient(seen.altitude_deg) * east > -1e-2)
    assert np.ptp(seen.altitude_deg) > 85.0


@given(st.floats(0.0, 90.0), st.floats(0.0, 360.0))
def test_past_the_zenith_is_the_other_side(zenith_deg: float, azimuth_deg: float) -> None:
    """An altitude over 90 degrees is one below it, towards the opposite azimuth."""
    over = direction(np.asarray(90.0 + zenith_deg), np.asarray(azimuth_deg))
    assert np.allclose(over, direction(np.asarray(90.0 - zenith_deg), np.asarray(azimuth_deg + 180.0)))
    assert float(np.sum(over * over)) == pytest.approx(1.0)
