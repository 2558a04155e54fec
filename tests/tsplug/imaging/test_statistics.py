"""Exact statistics of levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsplug.imaging.statistics import adu_statistics

frames = hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 65_535))


@given(pixels=frames, big_endian=st.booleans())
def test_statistics_of_integers_are_exact(pixels: np.ndarray, big_endian: bool) -> None:
    """Mean, population deviation, median, MAD, extremes and saturation equal the definitions, in any byte order."""
    result = adu_statistics(pixels.astype(">u2") if big_endian else pixels)
    values = pixels.astype(np.longdouble)
    assert result.mean == pytest.approx(float(values.mean()), rel=1e-14)
    assert result.stdev == pytest.approx(float(values.std()), rel=1e-12)
    assert result.median == float(np.median(pixels))
    assert result.mad == float(np.median(np.abs(pixels - np.median(pixels))))
    assert (result.minimum, result.maximum) == (float(pixels.min()), float(pixels.max()))
    assert result.saturated_fraction == float(np.mean(pixels >= 0.98 * 65_535))


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32, np.float64, np.uint8])
def test_other_pixel_types_give_the_same_numbers(kind: type[np.generic]) -> None:
    """The type of the pixels changes nothing."""
    pixels = np.arange(100, dtype=np.uint16).reshape(10, 10)
    expected, result = adu_statistics(pixels), adu_statistics(pixels.astype(kind))
    assert result.mean == pytest.approx(expected.mean)
    assert result.stdev == pytest.approx(expected.stdev)
    assert (result.median, result.mad, result.maximum) == (expected.median, expected.mad, expected.maximum)


def test_pixels_that_are_no_number_are_left_out() -> None:
    """NaN in a floating-point frame poisons nothing; a frame of nothing else is an error."""
    assert adu_statistics(np.array([[1.0, np.nan], [3.0, 2.0]])).median == 2.0
    with pytest.raises(ValueError, match="no pixel"):
        adu_statistics(np.full((2, 2), np.nan))
