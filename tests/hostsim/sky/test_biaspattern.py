"""The bias pattern belongs to chip and readout mode; a subframe shows its part, a bin the sum of its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.biaspattern import BiasPattern
from hostsim.sky.scene import ExposureSettings, ReadoutMode, Sensor

NOISELESS = Sensor(width=400, height=300, readout_modes=(ReadoutMode("A", 0.0, 0), ReadoutMode("B", 2.0, 0)))


def test_a_mode_has_its_own_columns(exposure: ExposureSettings) -> None:
    """Columns stay as they are from frame to frame, and another mode or chip has others."""
    whole = replace(exposure, num_x=400, num_y=300)
    columns = BiasPattern(1, NOISELESS).columns(whole)
    assert np.array_equal(columns, BiasPattern(1, NOISELESS).columns(replace(whole, duration_s=1.0, gain=0)))
    assert not np.array_equal(columns, BiasPattern(1, NOISELESS).columns(replace(whole, readout_mode=1)))
    assert not np.array_equal(columns, BiasPattern(2, NOISELESS).columns(whole))
    assert columns.std() == pytest.approx(1.5, rel=0.15)


def test_rows_are_banded_a_little_in_each_frame(exposure: ExposureSettings) -> None:
    """A mode with read noise bands each frame anew, by a tenth of it; one without shows its fixed rows alone."""
    pattern = BiasPattern(1, NOISELESS)
    first = replace(exposure, num_x=400, num_y=300)
    later = replace(first, duration_s=61.0)
    assert np.array_equal(pattern.rows(first, adu_per_e=4.0), pattern.rows(later, adu_per_e=4.0))
    noisy, again = (pattern.rows(replace(frame, readout_mode=1), adu_per_e=4.0) for frame in (first, later))
    assert np.std(noisy - again) == pytest.approx(0.1 * 2.0 * 4.0 * 2.0**0.5, rel=0.15)


@given(binning=st.integers(1, 4), start=st.integers(0, 30), number=st.integers(1, 40))
def test_bins_sum_and_subframes_cut(binning: int, start: int, number: int, exposure: ExposureSettings) -> None:
    """Binned and cut patterns are sums and parts of the whole sensor's."""
    pattern = BiasPattern(1, NOISELESS)
    whole = replace(exposure, num_x=400, num_y=300)
    part = replace(whole, bin_x=binning, bin_y=binning, start_x=start, start_y=start, num_x=number, num_y=number)
    place = slice(start * binning, (start + number) * binning)
    for axis in (pattern.columns, lambda settings: pattern.rows(settings, adu_per_e=1.0)):
        expected = axis(whole)[place].reshape(number, binning).sum(axis=1) * binning
        assert np.allclose(axis(part), expected, atol=1e-4)
