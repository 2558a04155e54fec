"""Vignetting: the fall-off of light towards the corners, fixed to the telescope."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.projection import turn

_QUADRATIC = 0.20
_QUARTIC = 0.06
# The optical axis misses the sensor's middle, and one side is a little brighter, both in the telescope's frame.
_AXIS = (0.14, 0.09)
_TILT = (-0.012, 0.018)

Row = NDArray[np.float32]


class Vignetting:
    """The fraction of light at each pixel of a sensor with the camera at one mechanical angle.

    Distances count in half diagonals of the sensor; turning the camera turns the telescope's pattern on it, the same
    way as the stars, which is the other way round behind an odd number of reflections (``mirrored``). The fraction is 1
    + t·p - 0.20 r² - 0.06 r⁴, r from the optical axis and t·p a slope, as flats of small refractors show it; it falls
    into terms of x, of y and one product, so that any part of the frame is quickly made.
    """

    def __init__(self, width: int, height: int, *, rotator_deg: float, mirrored: bool = False) -> None:
        """Lay the telescope's pattern over the sensor."""
        half_diagonal = np.hypot(width, height) / 2.0
        east, north = (np.array(pair) for pair in zip(_AXIS, _TILT, strict=True))
        turned = turn(east, north, angle_deg=rotator_deg, mirrored=mirrored)
        (axis_x, tilt_x), (axis_y, tilt_y) = (part.tolist() for part in turned)
        x = (np.arange(width) - (width - 1) / 2.0) / half_diagonal
        y = (np.arange(height) - (height - 1) / 2.0) / half_diagonal
        squared_x, squared_y = (x - axis_x) ** 2, (y - axis_y) ** 2
        self._across = _fall(squared_x, 1.0 + tilt_x * x)
        self._down = _fall(squared_y, tilt_y * y)
        self._product_x = (-2.0 * _QUARTIC * squared_x).astype(np.float32)
        self._product_y = squared_y.astype(np.float32)

    def fill(self, out: NDArray[np.float32], *, first_x: int, first_y: int) -> None:
        """Write the fractions of the part that begins at a pixel into an array indexed [x][y]."""
        columns = slice(first_x, first_x + out.shape[0])
        rows = slice(first_y, first_y + out.shape[1])
        np.multiply(self._product_x[columns, None], self._product_y[None, rows], out=out)
        out += self._across[columns, None]
        out += self._down[None, rows]


def vignetting(width: int, height: int, *, rotator_deg: float, mirrored: bool = False) -> NDArray[np.float32]:
    """Return the fraction of light at each pixel, indexed [x][y], with the camera at a mechanical angle."""
    fraction = np.empty((width, height), dtype=np.float32)
    Vignetting(width, height, rotator_deg=rotator_deg, mirrored=mirrored).fill(fraction, first_x=0, first_y=0)
    return fraction


def _fall(squared: NDArray[np.float64], level: NDArray[np.float64]) -> Row:
    return np.asarray(level - _QUADRATIC * squared - _QUARTIC * squared**2, dtype=np.float32)
