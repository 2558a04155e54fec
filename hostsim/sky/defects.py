"""A chip's bad pixels: hot ones, warm columns, and pixels that see little or nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import stream
from hostsim.sky.scene import Sensor

_HOT_FRACTION = 2.0e-4
_DIM_FRACTION = 2.0e-5
_DEAD_SHARE = 0.3
_WARM_COLUMNS_PER_1000 = 1.5
_WARM_E_PER_S = (0.01, 0.04)

Places = NDArray[np.int64]


@dataclass(frozen=True)
class SparsePixels:
    """Some pixels of the sensor, each once, in rising order of their columns, with a value each."""

    columns: Places
    rows: Places
    values: NDArray[np.float32]

    def within(self, *, first_x: int, first_y: int, shape: tuple[int, int]) -> tuple[Places, Places, slice | Places]:
        """Return columns and rows, counted from there, and which they are, of those in a part of the sensor."""
        begin, end = np.searchsorted(self.columns, (first_x, first_x + shape[0]))
        rows = self.rows[begin:end] - first_y
        chosen = np.flatnonzero((rows >= 0) & (rows < shape[1]))
        return self.columns[begin:end][chosen] - first_x, rows[chosen], chosen + begin


@dataclass(frozen=True)
class DimPixels(SparsePixels):
    """Cold and dead pixels: the values are what they see of the light."""

    def multiply(self, light: NDArray[np.float32], *, first_x: int, first_y: int) -> None:
        """Dim the pixels of the part of the sensor that begins at a pixel."""
        columns, rows, chosen = self.within(first_x=first_x, first_y=first_y, shape=(light.shape[0], light.shape[1]))
        light[columns, rows] *= self.values[chosen]


@dataclass(frozen=True)
class HotPixels(SparsePixels):
    """Hot pixels: the values are their dark current in electrons per second at -10 degrees C."""

    def add(self, electrons: NDArray[np.float32], factor: float, *, first_x: int, first_y: int) -> None:
        """Add ``factor`` seconds' worth of their dark current to the part of the sensor that begins at a pixel."""
        shape = (electrons.shape[0], electrons.shape[1])
        columns, rows, chosen = self.within(first_x=first_x, first_y=first_y, shape=shape)
        electrons[columns, rows] += self.values[chosen] * np.float32(factor)


def hot_pixels(seed: int, sensor: Sensor) -> HotPixels:
    """Return the hot pixels of this seed: one in 5000, most a little warm, a few glaring."""
    rng = stream(seed, "hot pixels")
    columns, rows = _places(rng, sensor, fraction=_HOT_FRACTION)
    return HotPixels(
        columns, rows, np.minimum(rng.lognormal(math.log(0.6), 1.3, columns.size), 60.0).astype(np.float32)
    )


def dim_pixels(seed: int, sensor: Sensor) -> DimPixels:
    """Return the cold and dead pixels of this seed: one in 50 000, of which a third sees nothing at all."""
    rng = stream(seed, "dim pixels")
    columns, rows = _places(rng, sensor, fraction=_DIM_FRACTION)
    seen = rng.uniform(0.3, 0.8, columns.size)
    return DimPixels(columns, rows, np.where(rng.random(columns.size) < _DEAD_SHARE, 0.0, seen).astype(np.float32))


def warm_columns(seed: int, sensor: Sensor) -> NDArray[np.float32]:
    """Return the dark current that each column has beside the usual, in electrons per second at -10 degrees C."""
    rng = stream(seed, "warm columns")
    rates = np.zeros(sensor.width, dtype=np.float32)
    count = math.ceil(_WARM_COLUMNS_PER_1000 * sensor.width / 1000.0)
    rates[rng.integers(0, sensor.width, count)] = rng.uniform(*_WARM_E_PER_S, count)
    return rates


def _places(rng: np.random.Generator, sensor: Sensor, *, fraction: float) -> tuple[Places, Places]:
    pixels = sensor.width * sensor.height
    drawn = np.unique(rng.integers(0, pixels, max(1, round(fraction * pixels))))
    return drawn // sensor.height, drawn % sensor.height
