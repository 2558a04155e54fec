"""Bad pixels are where they are, frame after frame, and on every part of the sensor."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.defects import dim_pixels, hot_pixels, warm_columns
from hostsim.sky.scene import Sensor

SENSOR = Sensor(width=500, height=400)
HOT = hot_pixels(7, SENSOR)
DIM = dim_pixels(7, Sensor(width=2000, height=1500))


def test_hot_pixels_are_few_and_mostly_mild() -> None:
    """One pixel in 5000 is hot, each in its own place, and few of them glare."""
    assert 36 <= HOT.columns.size <= 40
    assert len(set(zip(HOT.columns.tolist(), HOT.rows.tolist(), strict=True))) == HOT.columns.size
    assert HOT.values.min() > 0.0
    assert np.median(HOT.values) < 2.0
    assert HOT.values.max() <= 60.0


@given(st.integers(0, 499), st.integers(0, 399), st.integers(1, 500), st.integers(1, 400))
def test_a_part_has_the_hot_pixels_of_its_place(x: int, y: int, width: int, height: int) -> None:
    """What is added to a part of the sensor is the part of what is added to all of it."""
    whole = np.zeros((500, 400), dtype=np.float32)
    HOT.add(whole, 10.0, first_x=0, first_y=0)
    part = np.zeros((min(width, 500 - x), min(height, 400 - y)), dtype=np.float32)
    HOT.add(part, 10.0, first_x=x, first_y=y)
    assert np.array_equal(part, whole[x : x + part.shape[0], y : y + part.shape[1]])


def test_dim_pixels_see_little_or_nothing() -> None:
    """Of the dim pixels some are dead, and the others see a part of the light."""
    light = np.ones((2000, 1500), dtype=np.float32)
    DIM.multiply(light, first_x=0, first_y=0)
    assert np.count_nonzero(light != 1.0) == DIM.columns.size == 60
    assert 8 <= np.count_nonzero(light == 0.0) <= 32
    assert light[light > 0.0].min() > 0.25


def test_some_columns_are_warm() -> None:
    """A few columns gather a little more dark current than others, always the same ones."""
    rates = warm_columns(7, SENSOR)
    assert rates.size == 500
    assert np.count_nonzero(rates) == 1
    assert np.array_equal(rates, warm_columns(7, SENSOR))
    assert not np.array_equal(rates, warm_columns(8, SENSOR))
