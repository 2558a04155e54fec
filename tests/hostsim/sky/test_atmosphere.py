"""Airmass and extinction follow their formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.atmosphere import airmass, transmission


@pytest.mark.parametrize(("altitude_deg", "expected"), [(90.0, 1.0), (30.0, 1.995), (10.0, 5.6), (0.0, 38.7)])
def test_airmass_at_known_altitudes(altitude_deg: float, expected: float) -> None:
    """Airmass agrees with published values."""
    assert airmass(altitude_deg) == pytest.approx(expected, rel=0.01)


@given(low=st.floats(-90.0, 90.0), high=st.floats(-90.0, 90.0))
def test_lower_means_more_air(low: float, high: float) -> None:
    """Airmass never falls towards the horizon and stays finite below it."""
    low, high = min(low, high), max(low, high)
    assert 0.999 < airmass(high) <= airmass(low) + 1e-3 < 39.0


def test_extinction_dims_by_magnitudes() -> None:
    """A quarter of a magnitude per airmass dims by half a magnitude through two."""
    assert transmission(2.0, 0.25) == pytest.approx(10.0**-0.2)
    assert transmission(1.0, 0.0) == 1.0
