"""Column gain: how the amplifiers and converters of a sensor's columns differ, each readout mode in its own way."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import stream
from hostsim.sky.scene import ExposureSettings, Sensor

# Assumed sizes, no camera's: neighbours differ by chance, and the row is shaded by a per cent, so that the flats of
# another mode leave something to be seen.
_MISMATCH = 0.002
_SHADING = ((1, 0.008), (2, 0.004))

Factors = NDArray[np.float32]


class ColumnGain:
    """The gain of each column of one chip, about 1 on the mean.

    A CMOS sensor has an amplifier and a converter for each column, which do not match exactly. It is assumed here that
    readout modes use other amplifiers or conversion gains, so that each has a pattern of its own, and only flats of the
    same mode take it away.
    """

    def __init__(self, seed: int, sensor: Sensor) -> None:
        """Remember the seed of the pattern."""
        self._seed = seed
        self._sensor = sensor
        self._drawn = cache(self._draw)

    def factors(self, exposure: ExposureSettings) -> Factors:
        """Return the gain of each column of bins of an exposure: the mean over its pixels."""
        first, last = exposure.start_x * exposure.bin_x, (exposure.start_x + exposure.num_x) * exposure.bin_x
        part = self._drawn(exposure.readout_mode)[first:last]
        return np.asarray(part.reshape(exposure.num_x, exposure.bin_x).mean(axis=1), dtype=np.float32)

    def _draw(self, readout_mode: int) -> Factors:
        rng = stream(self._seed, "column gain", readout_mode)
        width = self._sensor.width
        along = (np.arange(width) + 0.5) / width
        gain = _MISMATCH * rng.standard_normal(width)
        for waves, amplitude in _SHADING:
            gain += amplitude * np.cos(2.0 * np.pi * (waves * along + rng.random()))
        return np.asarray(1.0 + gain - gain.mean(), dtype=np.float32)
