"""The chip turns electrons into numbers as its settings say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hostsim.sky.response import Response
from hostsim.sky.scene import ExposureSettings, ReadoutMode, Sensor
from hostsim.sky.sensor import Detector, electrons_per_adu

Floats = NDArray[np.float64]

# Without read noise, dark current or glow nothing is random in the dark.
QUIET = Sensor(width=160, height=120, amp_glow_e_per_s=0.0, readout_modes=(ReadoutMode("Quiet", 0.0, 0),))


def frame(detector: Detector, exposure: ExposureSettings, electrons: float) -> Floats:
    """Return an evenly lit frame as floats."""
    light = np.full((exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y), electrons, dtype=np.float32)
    return detector.read(exposure, light=light).astype(float)


def later(exposure: ExposureSettings, minutes: int) -> ExposureSettings:
    """Return the same exposure some minutes later."""
    return replace(exposure, started=exposure.started + timedelta(minutes=minutes))


@pytest.fixture(scope="module")
def detector(sensor: Sensor) -> Detector:
    """Return the chip of seed 7."""
    return Detector(7, sensor)


@pytest.fixture(scope="module")
def instant(exposure: ExposureSettings) -> ExposureSettings:
    """Return an exposure too short for dark current."""
    return replace(exposure, duration_s=0.0)


def test_gain_multiplies_and_offset_adds(detector: Detector, sensor: Sensor, instant: ExposureSettings) -> None:
    """The same electrons give more units at higher gain, above a level set by the offset."""
    for gain, offset in ((0, 10), (100, 50), (200, 30)):
        chosen = replace(instant, gain=gain, offset=offset)
        expected = 10.0 * offset + 1000.0 / electrons_per_adu(sensor, gain)
        assert frame(detector, chosen, 1000.0).mean() == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize(("gain", "mode"), [(0, 0), (100, 0), (200, 1)])
def test_the_photon_transfer_curve_gives_the_gain(
    detector: Detector, sensor: Sensor, instant: ExposureSettings, gain: int, mode: int
) -> None:
    """Variance grows with the mean by one unit per so many electrons, to a per cent, from a floor of read noise."""
    chosen = replace(instant, gain=gain, readout_mode=mode)
    top_e = 0.8 * min(sensor.full_well_e, 65_000 * electrons_per_adu(sensor, gain, mode=mode))
    means, variances = [], []
    for electrons in np.linspace(0.0, top_e, 6):
        pair = [frame(detector, later(chosen, number), float(electrons)) for number in range(2)]
        means.append(np.mean(pair))
        variances.append(np.var(pair[0] - pair[1]) / 2.0)
    slope, floor = np.polyfit(means, variances, 1)
    adu_per_e = 1.0 / electrons_per_adu(sensor, gain, mode=mode)
    assert slope == pytest.approx(adu_per_e, rel=0.01)
    bias_adu = detector.bias_adu(chosen)
    # Banding adds a hundredth to the read noise's variance, rounding to whole units a twelfth.
    read_noise_adu = sensor.readout_modes[mode].read_noise_e * adu_per_e
    assert variances[0] == pytest.approx(1.01 * read_noise_adu**2 + 1.0 / 12.0, rel=0.02)
    assert floor + slope * bias_adu == pytest.approx(variances[0], abs=0.01 * variances[-1])


def test_readout_modes_have_their_own_bias(detector: Detector, instant: ExposureSettings) -> None:
    """A mode shifts the bias level by its own amount."""
    standard, quiet = (frame(detector, replace(instant, readout_mode=mode), 0.0).mean() for mode in (0, 1))
    assert quiet - standard == pytest.approx(60.0, abs=1.0)


def test_a_mode_may_change_gain_and_full_well(instant: ExposureSettings) -> None:
    """A mode that amplifies twice and holds a quarter gives twice the units, and fills up at half of the range."""
    modes = (ReadoutMode("Low gain", 3.0, 0), ReadoutMode("High gain", 1.0, 0, gain_factor=2.0, full_well_factor=0.25))
    sensor = Sensor(width=160, height=120, readout_modes=modes)
    chip, chosen = Detector(1, sensor), replace(instant, gain=0, num_x=160, num_y=120)
    high = replace(chosen, readout_mode=1)
    assert electrons_per_adu(sensor, 0, mode=1) == pytest.approx(electrons_per_adu(sensor, 0) / 2.0)
    low_adu, high_adu = (frame(chip, mode, 5000.0).mean() - 300.0 for mode in (chosen, high))
    assert high_adu == pytest.approx(2.0 * low_adu, rel=0.005)
    assert frame(chip, high, 40_000.0).max() == pytest.approx(300.0 + 65_535 / 2, abs=1.0)


def test_full_wells_hold_no_more(detector: Detector, sensor: Sensor, instant: ExposureSettings) -> None:
    """At a low gain the well limits the signal; at a high gain the converter does."""
    low = frame(detector, replace(instant, gain=0, offset=0), 80_000.0)
    assert low.max() <= sensor.full_well_e / electrons_per_adu(sensor, 0) + 1.0
    assert np.median(low) > 0.99 * sensor.max_adu
    assert frame(detector, replace(instant, gain=200), 80_000.0).min() == sensor.max_adu


def test_nothing_spills_from_a_full_well(detector: Detector, sensor: Sensor, instant: ExposureSettings) -> None:
    """Beside a pixel flooded a hundred times over its neighbours stay dark."""
    light = np.zeros((800, 600), dtype=np.float32)
    light[400, 300] = 100.0 * sensor.full_well_e
    seen = detector.read(instant, light=light)
    assert seen[400, 300] == sensor.max_adu
    assert seen[398:403, 298:303].astype(int).sum() - seen[400, 300] < 24 * 500


@pytest.mark.parametrize("bits", [12, 14, 16])
def test_a_converter_has_so_many_codes(instant: ExposureSettings, bits: int) -> None:
    """Codes of fewer bits lie apart in the upper of the 16 bits, at the same level, and end at the last code."""
    chip = Detector(1, Sensor(width=160, height=120, adc_bits=bits))
    chosen, step = replace(instant, num_x=160, num_y=120, gain=0), 2 ** (16 - bits)
    seen = frame(chip, chosen, 20_000.0)
    assert not (seen % step).any()
    assert len(np.unique(seen)) > 20
    assert seen.mean() == pytest.approx(300.0 + 20_000.0 / electrons_per_adu(Sensor(), 0), rel=0.002)
    assert frame(chip, replace(chosen, gain=300), 40_000.0).max() == 65_536 - step


def test_dark_current_doubles_with_warmth(detector: Detector, exposure: ExposureSettings) -> None:
    """Six degrees double the dark signal of a frame, ordinary and hot pixels alike, and so does twice the time."""
    cold = replace(exposure, ccd_temperature_c=-10.0, duration_s=1200.0, gain=200, light=False)
    bias, dark, warmer, longer = (
        frame(detector, replace(cold, **change), 0.0)[:400]
        for change in ({"duration_s": 0.0}, {}, {"ccd_temperature_c": -4.0}, {"duration_s": 2400.0})
    )
    hot = (dark > 1000.0) & (dark < 20_000.0)
    assert hot.sum() > 20
    for more in (warmer, longer):
        assert np.median(more - bias) == pytest.approx(2.0 * np.median(dark - bias), rel=0.05)
        assert (more - bias)[hot].sum() == pytest.approx(2.0 * (dark - bias)[hot].sum(), rel=0.02)
    assert detector.dark_e(replace(cold, ccd_temperature_c=-4.0)) == pytest.approx(2.0 * detector.dark_e(cold))


def test_the_amplifier_glows_in_its_corner(detector: Detector, exposure: ExposureSettings) -> None:
    """A long dark is brighter in the bottom right corner than in the middle, the more so the longer it is."""
    excess = []
    for duration_s in (300.0, 600.0):
        dark = frame(detector, replace(exposure, light=False, duration_s=duration_s), 0.0)
        excess.append(np.median(dark[-20:, -20:]) - np.median(dark[390:410, 290:310]))
    assert excess[0] > 20.0
    assert excess[1] == pytest.approx(2.0 * excess[0], rel=0.1)


def test_hot_pixels_stay_in_place(detector: Detector, exposure: ExposureSettings) -> None:
    """The same pixels stand out in every dark, and a subframe has those of its part of the sensor."""
    long = replace(exposure, duration_s=300.0)
    first, second = (frame(detector, later(long, number), 0.0) for number in range(2))
    hot = first > np.median(first) + 400.0
    assert 30 < np.count_nonzero(hot) < 120
    assert np.array_equal(hot, second > np.median(second) + 400.0) or np.mean((second > 650.0)[hot]) > 0.95
    part = frame(detector, replace(long, start_x=300, start_y=200, num_x=300, num_y=300), 0.0)
    assert np.mean((part > np.median(part) + 350.0)[hot[300:600, 200:500]]) > 0.95


def test_the_bias_has_a_pattern_of_each_mode(detector: Detector, instant: ExposureSettings) -> None:
    """Columns keep their own bias from frame to frame, and another readout mode has another pattern."""
    first = frame(detector, instant, 0.0).mean(axis=1)
    again = frame(detector, later(instant, 1), 0.0).mean(axis=1)
    quiet = frame(detector, replace(instant, readout_mode=1), 0.0).mean(axis=1)
    assert np.corrcoef(first, again)[0, 1] > 0.8
    assert abs(np.corrcoef(first, quiet)[0, 1]) < 0.2


def test_same_settings_give_same_pixels(detector: Detector, sensor: Sensor, exposure: ExposureSettings) -> None:
    """A frame is a function of chip and exposure, whatever was read before; the next exposure has its own noise."""
    first = frame(detector, exposure, 100.0)
    assert np.array_equal(first, frame(Detector(7, sensor), exposure, 100.0))
    assert np.array_equal(first, frame(detector, exposure, 100.0))
    assert np.corrcoef(first.ravel(), frame(detector, later(exposure, 1), 100.0).ravel())[0, 1] < 0.2


def test_strips_have_their_own_noise(instant: ExposureSettings) -> None:
    """No part of a frame repeats the noise of another."""
    sensor = Sensor(width=1024, height=512)
    seen = frame(Detector(1, sensor), replace(instant, num_x=1024, num_y=512), 5000.0)
    parts = (seen - seen.mean(axis=1, keepdims=True)).reshape(8, -1)
    assert np.abs(np.corrcoef(parts) - np.eye(8)).max() < 0.02


@settings(max_examples=30)
@given(
    binning=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    start=st.tuples(st.integers(0, 10), st.integers(0, 10)),
    size=st.tuples(st.integers(1, 30), st.integers(1, 20)),
)
def test_bins_sum_the_pixels_of_their_place(
    exposure: ExposureSettings, binning: tuple[int, int], start: tuple[int, int], size: tuple[int, int]
) -> None:
    """Where nothing is random, a binned subframe holds the sums of its part of the full frame, to rounding."""
    chip = Detector(3, QUIET)
    whole = replace(exposure, duration_s=0.0, num_x=160, num_y=120)
    part = replace(whole, bin_x=binning[0], bin_y=binning[1], start_x=start[0], start_y=start[1])
    part = replace(part, num_x=size[0], num_y=size[1])
    (left, top), (width, height) = (np.multiply(pair, binning).tolist() for pair in (start, size))
    pixels = chip.read(whole).astype(int)[left : left + width, top : top + height]
    sums = pixels.reshape(size[0], binning[0], size[1], binning[1]).sum(axis=(1, 3))
    assert np.abs(chip.read(part).astype(int) - sums).max() <= 1 + 0.5 * binning[0] * binning[1]


@pytest.mark.parametrize("binning", [2, 3, 4])
def test_binning_sums_light_and_noise(
    detector: Detector, sensor: Sensor, instant: ExposureSettings, binning: int
) -> None:
    """Level, light and variance are those of all pixels of a bin, so the transfer curve keeps its gain."""
    chosen = replace(instant, gain=0, num_x=800 // binning, num_y=600 // binning, bin_x=binning, bin_y=binning)
    pair = [frame(detector, later(chosen, number), 20.0) for number in range(2)]
    pixels, adu_per_e = binning**2, 1.0 / electrons_per_adu(sensor, 0)
    assert np.mean(pair) == pytest.approx(pixels * (300.0 + 20.0 * adu_per_e), rel=0.002)
    expected = pixels * (20.0 + sensor.readout_modes[0].read_noise_e ** 2) * adu_per_e**2
    assert np.var(pair[0] - pair[1]) / 2.0 == pytest.approx(expected, rel=0.04)


def test_a_bins_pixels_fill_up_each_by_itself(instant: ExposureSettings) -> None:
    """One flooded pixel gives its bin one full well, not four."""
    mode = ReadoutMode("Shallow", 1.0, 0, full_well_factor=0.25)
    chip = Detector(7, Sensor(width=160, height=120, readout_modes=(mode,)))
    light = np.zeros((160, 120), dtype=np.float32)
    light[40, 30] = 1e7
    binned = replace(instant, gain=0, offset=0, bin_x=2, bin_y=2, num_x=80, num_y=60)
    assert chip.read(binned, light=light)[20, 15] == pytest.approx(65_535 / 4, rel=0.03)


@pytest.mark.parametrize(("start", "size"), [((300, 200), (200, 150)), ((0, 0), (1, 1)), ((799, 599), (1, 1))])
def test_a_subframe_is_a_part_of_the_whole(
    detector: Detector,
    sensor: Sensor,
    instant: ExposureSettings,
    start: tuple[int, int],
    size: tuple[int, int],
) -> None:
    """A subframe shows the light and response of its part, with noise of its own of the same strength."""
    light = np.linspace(5000.0, 20_000.0, 800 * 600, dtype=np.float32).reshape(800, 600)
    part = replace(instant, start_x=start[0], start_y=start[1], num_x=size[0], num_y=size[1])
    place = tuple(slice(first, first + length) for first, length in zip(start, size, strict=True))
    through = Response(7, sensor).through("L", 10.0)
    whole = detector.read(instant, light=light, response=through)[place].astype(float)
    cut = detector.read(part, light=light[place], response=through).astype(float)
    expected_e = light[place] * through.region(instant)[place]
    sigma = np.sqrt(2.0 * (expected_e + 12.0)) / electrons_per_adu(sensor, instant.gain)
    score = (cut - whole) / sigma
    assert cut.shape == size
    assert abs(score.mean()) < 5.0 / np.sqrt(score.size)
    assert np.sqrt(np.mean(score**2)) < (1.02 if score.size > 1 else 5.0)


def test_the_level_is_what_frames_show(detector: Detector, exposure: ExposureSettings) -> None:
    """The level foretold for ordinary pixels is the median of a frame, also binned and overexposed."""
    for change, electrons in (({}, 700.0), ({"bin_x": 2, "bin_y": 2, "num_x": 400, "num_y": 300}, 700.0), ({}, 1e6)):
        chosen = replace(exposure, **change)
        assert detector.level_adu(electrons, chosen) == pytest.approx(
            np.median(frame(detector, chosen, electrons)), rel=0.005
        )
