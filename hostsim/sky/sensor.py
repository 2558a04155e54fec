"""The sensor: dark current, hot pixels, noise, gain and digitising."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import microseconds_since_epoch, stream
from hostsim.sky.scene import ExposureSettings, ReadoutMode, Sensor

Canvas = NDArray[np.float32]

_ADU_PER_OFFSET = 10
_DARK_E_PER_S = 0.003
_DARK_REFERENCE_C = -10.0
_DARK_DOUBLES_EVERY_C = 6.0
_HOT_FRACTION = 2.0e-4
_BIAS_COLUMN_ADU = 1.5
_BIAS_ROW_ADU = 0.8


def electrons_per_adu(sensor: Sensor, gain: int) -> float:
    """Return the conversion at a gain setting; 200 steps of gain amplify ten times, and gain 0 fills the range."""
    return float(sensor.full_well_e / sensor.max_adu * 10.0 ** (-gain / 200.0))


class Detector:
    """One chip: it turns expected electrons into digital units."""

    def __init__(self, seed: int, sensor: Sensor) -> None:
        """Remember the seed of the chip's own pattern and of its noise."""
        self._seed = seed
        self._sensor = sensor

    def mode(self, exposure: ExposureSettings) -> ReadoutMode:
        """Return the readout mode of an exposure."""
        return self._sensor.readout_modes[exposure.readout_mode]

    def bias_adu(self, exposure: ExposureSettings) -> float:
        """Return the mean level of an exposure without light or time."""
        return float(exposure.offset * _ADU_PER_OFFSET + self.mode(exposure).bias_adu)

    def dark_e(self, exposure: ExposureSettings) -> float:
        """Return the dark electrons an ordinary unbinned pixel gathers over the exposure."""
        return _DARK_E_PER_S * _warmth(exposure.ccd_temperature_c) * exposure.duration_s

    def add_dark(self, canvas: Canvas, exposure: ExposureSettings) -> None:
        """Add dark current and hot pixels to an unbinned canvas that begins at the exposure's subframe."""
        canvas += np.float32(self.dark_e(exposure))
        columns, rows, rates = self._hot_pixels
        columns = columns - exposure.start_x * exposure.bin_x
        rows = rows - exposure.start_y * exposure.bin_y
        inside = (columns >= 0) & (columns < canvas.shape[0]) & (rows >= 0) & (rows < canvas.shape[1])
        heat = rates[inside] * _warmth(exposure.ccd_temperature_c) * exposure.duration_s
        canvas[columns[inside], rows[inside]] += heat.astype(np.float32)

    def digitise(self, canvas: Canvas, exposure: ExposureSettings) -> NDArray[np.uint16]:
        """Return the pixels of an unbinned canvas of expected electrons; the canvas is used up.

        Charge is summed over a bin and read once. Photon and read noise are drawn as one normal deviate, which is
        exact enough wherever read noise or electrons exceed a few.
        """
        np.minimum(canvas, np.float32(4.0 * self._sensor.full_well_e), out=canvas)
        electrons = _binned(canvas, exposure)
        noise = self._noise(electrons, exposure)
        electrons += noise
        np.minimum(electrons, np.float32(self._sensor.full_well_e * exposure.bin_x * exposure.bin_y), out=electrons)
        electrons *= np.float32(1.0 / electrons_per_adu(self._sensor, exposure.gain))
        column, row = self._bias_pattern(exposure)
        electrons += (column + self.bias_adu(exposure) + 0.5).astype(np.float32)[:, None]
        electrons += row.astype(np.float32)[None, :]
        np.clip(electrons, 0.0, float(self._sensor.max_adu), out=electrons)
        return electrons.astype(np.uint16)

    def _noise(self, electrons: Canvas, exposure: ExposureSettings) -> Canvas:
        moment = microseconds_since_epoch(exposure.started)
        rng = stream(self._seed, "noise", moment, round(exposure.duration_s * 1.0e6))
        noise = rng.standard_normal(electrons.shape, dtype=np.float32)
        spread = np.add(electrons, np.float32(self.mode(exposure).read_noise_e ** 2))
        np.sqrt(spread, out=spread)
        noise *= spread
        return noise

    @cached_property
    def _hot_pixels(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        rng = stream(self._seed, "hot pixels")
        count = round(_HOT_FRACTION * self._sensor.width * self._sensor.height)
        columns = rng.integers(0, self._sensor.width, count)
        rows = rng.integers(0, self._sensor.height, count)
        return columns, rows, np.minimum(rng.lognormal(math.log(0.6), 1.3, count), 60.0)

    def _bias_pattern(self, exposure: ExposureSettings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rng = stream(self._seed, "bias", exposure.readout_mode)
        column = rng.normal(0.0, _BIAS_COLUMN_ADU, self._sensor.width)
        row = rng.normal(0.0, _BIAS_ROW_ADU, self._sensor.height)
        first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
        column = column[first_x : first_x + exposure.num_x * exposure.bin_x : exposure.bin_x]
        return column, row[first_y : first_y + exposure.num_y * exposure.bin_y : exposure.bin_y]


def _warmth(temperature_c: float) -> float:
    return float(2.0 ** ((temperature_c - _DARK_REFERENCE_C) / _DARK_DOUBLES_EVERY_C))


def _binned(canvas: Canvas, exposure: ExposureSettings) -> Canvas:
    if exposure.bin_x == exposure.bin_y == 1:
        return canvas
    blocks = canvas.reshape(exposure.num_x, exposure.bin_x, exposure.num_y, exposure.bin_y)
    return np.asarray(blocks.sum(axis=(1, 3), dtype=np.float32))
