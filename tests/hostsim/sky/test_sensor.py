"""The chip turns electrons into numbers as its settings say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hostsim.sky.scene import ExposureSettings, Sensor
from hostsim.sky.sensor import Detector, electrons_per_adu


def frame(detector: Detector, exposure: ExposureSettings, electrons: float) -> np.ndarray:
    """Return an evenly lit frame as floats."""
    canvas = np.full((exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y), electrons, dtype=np.float32)
    return detector.digitise(canvas, exposure).astype(float)


@pytest.fixture
def detector(sensor: Sensor) -> Detector:
    """Return the chip of seed 7."""
    return Detector(7, sensor)


def test_gain_multiplies_and_offset_adds(detector: Detector, sensor: Sensor, exposure: ExposureSettings) -> None:
    """The same electrons give more units at higher gain, above a level set by the offset."""
    for gain, offset in ((0, 10), (100, 50), (200, 30)):
        settings = replace(exposure, gain=gain, offset=offset)
        expected = 10.0 * offset + 1000.0 / electrons_per_adu(sensor, gain)
        assert frame(detector, settings, 1000.0).mean() == pytest.approx(expected, rel=0.005)


def test_noise_is_photons_and_readout(detector: Detector, sensor: Sensor, exposure: ExposureSettings) -> None:
    """The variance in electrons is the signal plus the squared read noise of the mode."""
    for mode in (0, 1):
        settings = replace(exposure, readout_mode=mode)
        lit = frame(detector, settings, 400.0) * electrons_per_adu(sensor, exposure.gain)
        read_noise_e = sensor.readout_modes[mode].read_noise_e
        # Neighbours in a column share its bias, so their difference holds noise alone.
        assert np.var(np.diff(lit, axis=1)) / 2.0 == pytest.approx(400.0 + read_noise_e**2, rel=0.03)


def test_readout_modes_have_their_own_bias(detector: Detector, exposure: ExposureSettings) -> None:
    """A mode shifts the bias level by its own amount."""
    standard, quiet = (frame(detector, replace(exposure, readout_mode=mode), 0.0).mean() for mode in (0, 1))
    assert quiet - standard == pytest.approx(60.0, abs=1.0)


def test_full_wells_hold_no_more(detector: Detector, sensor: Sensor, exposure: ExposureSettings) -> None:
    """At a low gain the well limits the signal; at a high gain the converter does."""
    low = frame(detector, replace(exposure, gain=0, offset=0), 80_000.0)
    assert low.max() <= sensor.full_well_e / electrons_per_adu(sensor, 0) + 10.0
    assert frame(detector, replace(exposure, gain=200), 80_000.0).min() == sensor.max_adu


def test_dark_current_doubles_with_warmth(detector: Detector, exposure: ExposureSettings) -> None:
    """Six degrees double the dark electrons, and a minute is sixty seconds' worth."""
    cold, warm = replace(exposure, ccd_temperature_c=-10.0), replace(exposure, ccd_temperature_c=-4.0)
    assert detector.dark_e(warm) == pytest.approx(2.0 * detector.dark_e(cold))
    assert detector.dark_e(replace(cold, duration_s=120.0)) == pytest.approx(2.0 * detector.dark_e(cold))


def test_hot_pixels_stay_in_place(detector: Detector, exposure: ExposureSettings) -> None:
    """A subframe holds the hot pixels of its part of the sensor."""
    whole, part = np.zeros((800, 600), dtype=np.float32), np.zeros((200, 100), dtype=np.float32)
    detector.add_dark(whole, exposure)
    detector.add_dark(part, replace(exposure, start_x=300, start_y=400, num_x=200, num_y=100))
    assert np.array_equal(part, whole[300:500, 400:500])
    assert 50 < np.count_nonzero(whole > 5.0) < 120


def test_the_bias_has_a_pattern_of_each_mode(detector: Detector, exposure: ExposureSettings) -> None:
    """Columns keep their own bias from frame to frame, and another readout mode has another pattern."""
    first = frame(detector, exposure, 0.0).mean(axis=1)
    later = frame(detector, replace(exposure, duration_s=61.0), 0.0).mean(axis=1)
    quiet = frame(detector, replace(exposure, readout_mode=1), 0.0).mean(axis=1)
    assert np.corrcoef(first, later)[0, 1] > 0.8
    assert abs(np.corrcoef(first, quiet)[0, 1]) < 0.2
