"""Amplifier glow sits in its corners and grows with time and warmth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.ampglow import AmpGlow, glow_seconds
from hostsim.sky.scene import Sensor

SENSOR = Sensor(width=300, height=200, amp_glow_e_per_s=0.1)


def glow(
    *, first_x: int = 0, first_y: int = 0, shape: tuple[int, int] = (300, 200), seconds: float = 100.0
) -> np.ndarray:
    """Return the electrons of a part of the sensor."""
    electrons = np.zeros(shape, dtype=np.float32)
    AmpGlow(SENSOR).add(electrons, seconds, first_x=first_x, first_y=first_y)
    return electrons


def test_the_corner_glows_brightest() -> None:
    """The bottom right corner gathers what the sensor promises, the middle next to nothing, the left nothing."""
    whole = glow()
    assert whole[-1, -1] == whole.max() == pytest.approx(10.0, rel=0.02)
    assert whole[150, 100] < 0.05
    assert not whole[:50].any()
    assert 1.0 < whole[-1, 56] < 5.0


def test_it_grows_with_time_and_warmth() -> None:
    """Twice the time is twice the glow, and fourteen degrees double it."""
    assert np.allclose(glow(seconds=200.0), 2.0 * glow())
    assert glow_seconds(60.0, -10.0) == pytest.approx(60.0)
    assert glow_seconds(60.0, 4.0) == pytest.approx(120.0)


@given(st.integers(0, 299), st.integers(0, 199), st.integers(1, 300), st.integers(1, 200))
def test_a_part_glows_as_its_place_does(x: int, y: int, width: int, height: int) -> None:
    """A part of the sensor has the glow of that part."""
    part = glow(first_x=x, first_y=y, shape=(min(width, 300 - x), min(height, 200 - y)))
    assert np.array_equal(part, glow()[x : x + part.shape[0], y : y + part.shape[1]])


def test_a_sensor_may_have_none() -> None:
    """A sensor without glow stays dark."""
    electrons = np.zeros((300, 200), dtype=np.float32)
    AmpGlow(Sensor(width=300, height=200, amp_glow_e_per_s=0.0)).add(electrons, 1000.0, first_x=0, first_y=0)
    assert not electrons.any()
