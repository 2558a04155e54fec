"""Airmass."""

from __future__ import annotations

import pytest

from hostsim.saving.airmass import airmass


@pytest.mark.parametrize(("altitude_deg", "expected"), [(90.0, 1.0), (30.0, 1.994), (10.0, 5.59)])
def test_airmass_follows_the_formula(altitude_deg: float, expected: float) -> None:
    """The zenith is one airmass, 30 degrees nearly two, 10 degrees 5.6."""
    assert airmass(altitude_deg) == pytest.approx(expected, rel=3e-3)


def test_there_is_none_below_the_horizon() -> None:
    """At and below the horizon there is no airmass."""
    assert airmass(0.0) is None
