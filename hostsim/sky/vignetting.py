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


def vignetting(width: int, height: int, *, rotator_deg: float) -> NDArray[np.float32]:
    """Return the fraction of light at each pixel, indexed [x][y], with the camera at a mechanical angle.

    Distances count in half diagonals of the sensor; turning the camera turns the telescope's pattern on it.
    """
    half_diagonal = np.hypot(width, height) / 2.0
    east, north = (np.array(pair) for pair in zip(_AXIS, _TILT, strict=True))
    (axis_x, tilt_x), (axis_y, tilt_y) = (part.tolist() for part in turn(east, north, angle_deg=rotator_deg))
    x = (np.arange(width) - (width - 1) / 2.0) / half_diagonal
    y = (np.arange(height) - (height - 1) / 2.0) / half_diagonal
    squared_x = ((x - axis_x) ** 2).astype(np.float32)[:, None]
    squared_y = ((y - axis_y) ** 2).astype(np.float32)[None, :]
    squared = squared_x + squared_y
    fraction: NDArray[np.float32] = np.multiply(squared, np.float32(-_QUARTIC))
    fraction -= np.float32(_QUADRATIC)
    fraction *= squared
    fraction += (1.0 + tilt_x * x).astype(np.float32)[:, None]
    fraction += (tilt_y * y).astype(np.float32)[None, :]
    return fraction
