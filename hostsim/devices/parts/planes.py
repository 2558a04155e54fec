"""Colour planes: what a camera makes of its own mosaic that sends red, green and blue for each pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.mosaic import bands, cells
from hostsim.sky.scene import ExposureSettings, Sensor

Mosaic = NDArray[np.uint16]


def colour_planes(
    render: Callable[[ExposureSettings], Mosaic], settings: ExposureSettings, *, sensor: Sensor
) -> Mosaic:
    """Return a frame of shape (num_x, num_y, 3): red, green and blue of each pixel, C-contiguous.

    What a pixel's own cell does not see is the mean of the cells around it that see it, which in such a mosaic is what
    bilinear interpolation gives. Then pixels are binned, plane by plane: a bin has the sum of its pixels and ends at
    the sensor's highest level.

    Args:
        render: gives the pixels of an exposure as ``[x][y]``; asked for the unbinned ones of the same subframe.
        settings: the exposure.
        sensor: with a mosaic.
    """
    whole = replace(
        settings,
        bin_x=1,
        bin_y=1,
        start_x=settings.start_x * settings.bin_x,
        start_y=settings.start_y * settings.bin_y,
        num_x=settings.num_x * settings.bin_x,
        num_y=settings.num_y * settings.bin_y,
    )
    mosaic = render(whole)
    frame = np.empty((settings.num_x, settings.num_y, len(bands(sensor))), dtype=np.uint16)
    for index in range(frame.shape[2]):
        seen = np.zeros(mosaic.shape, dtype=bool)
        for band, place in cells(sensor, whole):
            seen[place] |= band == index
        levels = np.rint(_filled(mosaic, seen))
        bins = levels.reshape(settings.num_x, settings.bin_x, settings.num_y, settings.bin_y).sum(axis=(1, 3))
        frame[:, :, index] = np.minimum(bins, sensor.max_adu)
    return frame


def _filled(mosaic: Mosaic, seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return one colour everywhere: as it was seen, and between that the mean of the neighbours that saw it."""
    values = np.where(seen, mosaic, np.float32(0.0)).astype(np.float32)
    number = _neighbours(seen.astype(np.float32))
    # A frame of a pixel or two may have no cell of a colour at all.
    between = np.divide(_neighbours(values), number, out=np.zeros_like(values), where=number > 0)
    return np.where(seen, values, between)


def _neighbours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(values, 1)
    total = np.zeros_like(values)
    for x, y in product(range(3), repeat=2):
        total += padded[x : x + values.shape[0], y : y + values.shape[1]]
    return total
