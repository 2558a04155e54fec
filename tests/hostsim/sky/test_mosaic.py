"""Every pixel of a colour sensor sees the band its place says, on any part of the sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.filters import Band
from hostsim.sky.mosaic import bands, cells, mean, pattern
from hostsim.sky.scene import ExposureSettings, Sensor

OFFSETS = [(0, 0), (1, 0), (0, 1), (1, 1)]


def colours(sensor: Sensor, exposure: ExposureSettings) -> np.ndarray:
    """Return the index of the band of every pixel of an exposure's canvas."""
    seen = np.full((exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y), -1)
    for band, place in cells(sensor, exposure):
        seen[place] = band
    return seen


@pytest.mark.parametrize("offset", OFFSETS)
def test_red_lies_at_the_offset(offset: tuple[int, int], exposure: ExposureSettings) -> None:
    """Red is where the offset says, blue diagonally beside it, green on the other two."""
    seen = colours(Sensor(bayer=True, bayer_offset=offset), exposure)
    x, y = offset
    assert seen[x, y] == 0
    assert seen[1 - x, 1 - y] == 2
    assert seen[1 - x, y] == seen[x, 1 - y] == 1
    assert np.array_equal(seen[2:, 2:], seen[:-2, :-2])


@given(
    offset=st.sampled_from(OFFSETS), binning=st.integers(1, 4), corner=st.tuples(st.integers(0, 40), st.integers(0, 40))
)
def test_a_subframe_sees_the_colours_of_its_part(
    offset: tuple[int, int], binning: int, corner: tuple[int, int], exposure: ExposureSettings
) -> None:
    """A subframe's canvas has the colours of its part of the full frame, whatever its parity."""
    sensor, (x, y) = Sensor(bayer=True, bayer_offset=offset), corner
    whole = colours(sensor, replace(exposure, num_x=400, num_y=400))
    part = replace(exposure, start_x=x, start_y=y, num_x=8, num_y=6, bin_x=binning, bin_y=binning)
    assert np.array_equal(
        colours(sensor, part), whole[x * binning : (x + 8) * binning, y * binning : (y + 6) * binning]
    )


def test_the_pattern_names_the_cells(exposure: ExposureSettings) -> None:
    """The pattern by parity agrees with the cells."""
    sensor = Sensor(bayer=True, bayer_offset=(1, 0))
    part = replace(exposure, start_x=3, start_y=5, num_x=2, num_y=2)
    assert np.array_equal(pattern(sensor, part), colours(sensor, part))


def test_a_mono_sensor_has_one_band(exposure: ExposureSettings) -> None:
    """All pixels of a mono sensor see everything."""
    assert bands(Sensor()) == (Band.MONO,)
    assert not colours(Sensor(), exposure).any()
    assert not pattern(Sensor(), exposure).any()
    assert mean([3.0]) == 3.0


def test_green_counts_twice() -> None:
    """Half of the pixels are green, so the mean over a colour sensor has green twice."""
    assert bands(Sensor(bayer=True)) == (Band.RED, Band.GREEN, Band.BLUE)
    assert mean([4.0, 1.0, 2.0]) == pytest.approx(2.0)
