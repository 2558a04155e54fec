"""The bias pattern: what columns and rows add to every frame of a readout mode, and rows to one frame alone."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import microseconds_since_epoch, stream
from hostsim.sky.scene import ExposureSettings, Sensor

_COLUMN_ADU = 1.5
_ROW_ADU = 0.8
# Faint banding: each row of each frame is off by a tenth of the read noise, as the better CMOS sensors do.
_ROW_NOISE = 0.1

Levels = NDArray[np.float32]


class BiasPattern:
    """The pattern of one chip."""

    def __init__(self, seed: int, sensor: Sensor) -> None:
        """Remember the seed of the pattern and of the banding."""
        self._seed = seed
        self._sensor = sensor
        self._fixed = cache(self._draw)

    def columns(self, exposure: ExposureSettings) -> Levels:
        """Return what each column of bins of an exposure adds, in digital units: the sum over its pixels."""
        fixed, _ = self._fixed(exposure.readout_mode)
        return _summed(fixed, exposure.start_x, number=exposure.num_x, binning=exposure.bin_x) * np.float32(
            exposure.bin_y
        )

    def rows(self, exposure: ExposureSettings, *, adu_per_e: float) -> Levels:
        """Return what each row of bins of an exposure adds, in digital units: the fixed pattern and this frame's."""
        _, fixed = self._fixed(exposure.readout_mode)
        moment, duration = microseconds_since_epoch(exposure.started), round(exposure.duration_s * 1.0e6)
        read_noise_e = self._sensor.readout_modes[exposure.readout_mode].read_noise_e
        banding = stream(self._seed, "row noise", moment, duration).standard_normal(fixed.size, dtype=np.float32)
        banding *= np.float32(_ROW_NOISE * read_noise_e * adu_per_e)
        return _summed(fixed + banding, exposure.start_y, number=exposure.num_y, binning=exposure.bin_y) * np.float32(
            exposure.bin_x
        )

    def _draw(self, readout_mode: int) -> tuple[Levels, Levels]:
        rng = stream(self._seed, "bias", readout_mode)
        column = rng.normal(0.0, _COLUMN_ADU, self._sensor.width)
        row = rng.normal(0.0, _ROW_ADU, self._sensor.height)
        return column.astype(np.float32), row.astype(np.float32)


def _summed(levels: Levels, start: int, *, number: int, binning: int) -> Levels:
    part = levels[start * binning : (start + number) * binning]
    return np.asarray(part.reshape(number, binning).sum(axis=1, dtype=np.float32))
