"""The colour mosaic: which pixel sees which band, on the sensor and on any part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.filters import Band
from hostsim.sky.scene import ExposureSettings, Sensor

_RGGB = np.array([[0, 1], [1, 2]], dtype=np.intp)


def bands(sensor: Sensor) -> tuple[Band, ...]:
    """Return the bands that pixels of the sensor see: one, or red, green and blue."""
    return (Band.RED, Band.GREEN, Band.BLUE) if sensor.bayer else (Band.MONO,)


def pattern(sensor: Sensor, exposure: ExposureSettings) -> NDArray[np.intp]:
    """Return the index into `bands` of a canvas pixel by the parity of its column and row, of shape (2, 2).

    The canvas is the unbinned one that begins at the exposure's subframe.
    """
    if not sensor.bayer:
        return np.zeros((2, 2), dtype=np.intp)
    first = (exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y)
    offset_x, offset_y = (corner - red for corner, red in zip(first, sensor.bayer_offset, strict=True))
    return np.roll(_RGGB, (-offset_x, -offset_y), axis=(0, 1))


def cells(sensor: Sensor, exposure: ExposureSettings) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Yield the index of each band with the pixels of a canvas that see it, as slices; a mono sensor has all in one."""
    if not sensor.bayer:
        yield 0, (slice(None), slice(None))
        return
    seen = pattern(sensor, exposure)
    for column, row in product(range(2), repeat=2):
        yield int(seen[column, row]), (slice(column, None, 2), slice(row, None, 2))


def mean(values: Sequence[float]) -> float:
    """Return the mean over the pixels of a sensor of what each of its `bands` has: green counts twice."""
    return values[0] if len(values) == 1 else (values[0] + 2.0 * values[1] + values[2]) / 4.0
