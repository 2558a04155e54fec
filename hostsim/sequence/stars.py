"""How large the stars of a frame are, as autofocus needs it."""

from __future__ import annotations

import numpy as np
import sep
from numpy.typing import NDArray

_SIGMA = 5.0
_SMALLEST_PX = 8
_WIDEST_PX = 30.0
_MOST_STARS = 150
# Half of a single pixel's light lies within 0.4: what is hardly wider is a hot pixel.
_HOT_PX = 0.5
_FEWEST_STARS = 3
# Of a globular cluster light hangs together over so many pixels and in so many stars; told apart less finely its stars
# are half as large again. The library's own room for both is too small for one.
_MOST_PIXELS = 2_000_000
_MOST_PARTS = 65_536
# All stars of a frame have one size; knots of a nebula and pairs of stars are wider, and may be more than half of what
# is found where little light comes through.
_STARS_SHARE = 0.3


def half_flux_radius(pixels: NDArray[np.uint16]) -> float | None:
    """Return the half-flux radius of the stars of a frame (rows by columns) in pixels, None with too few.

    Raises:
        Exception: there is more in the frame than can be taken apart; the library raises nothing more specific.
    """
    sep.set_extract_pixstack(_MOST_PIXELS)
    sep.set_sub_object_limit(_MOST_PARTS)
    data = pixels.astype(np.float32)
    background = sep.Background(data, bw=64, bh=64)
    data -= background.back()
    found = sep.extract(data, _SIGMA, err=background.globalrms, minarea=_SMALLEST_PX)
    good = found[(found["flag"] == 0) & (found["a"] < 2 * found["b"])]
    if len(good) < _FEWEST_STARS:
        return None
    bright = good[np.argsort(good["flux"])[::-1][:_MOST_STARS]]
    widest = np.minimum(_WIDEST_PX, 6.0 * bright["a"])
    radius, flag = sep.flux_radius(data, bright["x"], bright["y"], widest, 0.5, subpix=5)
    sound = radius[(flag == 0) & np.isfinite(radius) & (radius > _HOT_PX)]
    return float(np.quantile(sound, _STARS_SHARE)) if len(sound) >= _FEWEST_STARS else None
