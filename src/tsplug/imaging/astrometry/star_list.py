"""The stars of a measured frame as solvers want them: brightest first, saturated ones with their middles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.astrometry.matcher import FrameStars
from tsplug.imaging.measure import FrameMeasurement

Floats = NDArray[np.float64]

_MOST = 400
_NEAR_PX = 2.0
_HALF_PX = 10
"""Half the side of the square in which the middle of a star is sought that was counted and not measured."""
_SATURATED = 0.95
"""From which share of the frame's highest level on a star may be saturated."""


def stars_to_solve(measurement: FrameMeasurement) -> FrameStars:
    """Return the stars of a frame that was measured, at most 400.

    Catalogues hold the brightest stars of the sky, which frames show saturated: they are counted and not measured.
    Their middles are those of their light above what surrounds them. What else was not measured may be a knot of a
    nebula, whose light is that of many stars: it comes last, by its height.
    """
    pixels = measurement.frame.pixels
    listed, places = measurement.stars.stars, measurement.stars.places
    x, y, flux = (np.zeros(0),) * 3 if listed is None else (listed.x, listed.y, listed.flux)
    doubtful = np.zeros(x.size, bool)
    if places is not None:
        more = _unmeasured(places, (x, y))[:_MOST]
        found = [_middle(pixels, column=places[0][each], row=places[1][each]) for each in more]
        across, down, light, height, peak = np.array(found, dtype=np.float64).reshape(-1, 5).T
        knots = peak < _SATURATED * float(pixels.max())
        new = (across, down, np.where(knots, height, light))
        x, y, flux = (np.concatenate(each) for each in zip((x, y, flux), new, strict=True))
        doubtful = np.concatenate([doubtful, knots])
    order = np.lexsort((-flux, doubtful))[:_MOST]
    return FrameStars(x[order], y[order], pixels.shape[1], pixels.shape[0])


def _unmeasured(places: tuple[Floats, Floats], measured: tuple[Floats, Floats]) -> NDArray[np.int64]:
    """Return which counted stars have no measured one beside them, brightest first."""
    if not measured[0].size:
        return np.arange(places[0].size)
    apart = np.hypot(places[0][:_MOST, None] - measured[0], places[1][:_MOST, None] - measured[1]).min(axis=1)
    return np.flatnonzero(apart > _NEAR_PX)


def _middle(pixels: NDArray[np.generic], *, column: float, row: float) -> tuple[float, float, float, float, float]:
    """Return the middle, the light, the height above its surroundings and the highest level of a star at a pixel."""
    top, left = max(0, int(row) - _HALF_PX), max(0, int(column) - _HALF_PX)
    stamp = pixels[top : int(row) + _HALF_PX + 1, left : int(column) + _HALF_PX + 1].astype(np.float64)
    border = np.concatenate([stamp[0], stamp[-1], stamp[:, 0], stamp[:, -1]])
    level = float(np.median(border))
    # What is less than a tenth of the star's height may be a neighbour's wing, or noise.
    peak = float(stamp.max())
    light = np.clip(stamp - level - 0.1 * max(peak - level, 0.0), 0.0, None)
    total = float(light.sum())
    if total <= 0.0:
        return column, row, 0.0, 0.0, peak
    across = float((light.sum(axis=0) * np.arange(stamp.shape[1])).sum() / total)
    down = float((light.sum(axis=1) * np.arange(stamp.shape[0])).sum() / total)
    return left + across, top + down, float((stamp - level).sum()), peak - level, peak
