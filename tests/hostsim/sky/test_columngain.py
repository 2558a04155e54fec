"""Columns differ in gain, in each readout mode in another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hostsim.sky.columngain import ColumnGain
from hostsim.sky.scene import ExposureSettings, Sensor


def test_the_mean_is_one_and_modes_differ(sensor: Sensor, exposure: ExposureSettings) -> None:
    """Each mode has its own columns, which differ by about a per cent and leave the mean as it is."""
    gain = ColumnGain(7, sensor)
    one, two = (gain.factors(replace(exposure, readout_mode=mode)) for mode in (0, 1))
    for factors in (one, two):
        assert factors.mean() == pytest.approx(1.0, abs=1e-6)
        assert 0.004 < factors.std() < 0.01
    assert 0.003 < np.std(one / two) < 0.02
    assert np.array_equal(one, ColumnGain(7, sensor).factors(exposure))


def test_a_subframe_has_its_part(sensor: Sensor, exposure: ExposureSettings) -> None:
    """A binned subframe has the means of the columns its bins cover."""
    gain = ColumnGain(7, sensor)
    whole = gain.factors(exposure)
    part = gain.factors(replace(exposure, start_x=50, num_x=100, bin_x=2, bin_y=2, num_y=10))
    assert part == pytest.approx(whole[100:300].reshape(100, 2).mean(axis=1))
