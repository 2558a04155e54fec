"""Half-flux radii of stars on a frame by sep, which sees the pixels once as the sensor does."""

from __future__ import annotations

import numpy as np
import sep
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def half_flux_radii(data: NDArray[np.float32], x: Floats, y: Floats, *, reach: Floats) -> Floats:
    """Return the radius that holds half of each star's light within ``reach``, on a frame indexed [y][x].

    A curve of growth takes the light of a pixel as spread evenly over it, so it blurs the star by a pixel once more
    than the sensor did. A blur of variance v adds v / 2 times the Laplacian, and a pixel has v = 1/12: this is taken
    off. Of Moffat stars what remains is right within 1.5 % from a half-flux radius of 1.2 px on.
    """
    around = np.pad(data, 1, mode="edge")
    laplacian = around[2:, 1:-1] + around[:-2, 1:-1] + around[1:-1, 2:] + around[1:-1, :-2] - 4.0 * data
    once = np.ascontiguousarray(data - laplacian / 24.0, dtype=np.float32)
    radii, _ = sep.flux_radius(once, x, y, reach, 0.5, subpix=5)
    return np.asarray(radii, dtype=np.float64)
