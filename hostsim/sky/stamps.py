"""Drawing stars: all stars of one stamp size at once, added to the canvas in batches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.profile import FARTHEST, PEAK, STEPS, profile
from hostsim.sky.psf import PointSpread

Floats = NDArray[np.float64]
Canvas = NDArray[np.float32]
Pattern = NDArray[np.intp]

MONO: Pattern = np.zeros((2, 2), dtype=np.intp)
"""The mosaic of a sensor without one: every pixel sees the first band."""

_HALF_WIDTHS = np.array([3, 4, 6, 8, 11, 15, 20, 28, 40, 60, 90, 140, 200, 300, 450, 700])
# Elements per batch: small enough to stay in the processor's cache.
BATCH = 120_000
# Gauss-Legendre nodes that integrate the profile over a pixel: two suffice unless the star is sharper than the pixels,
# and one where it is much wider.
_SHARP_ALPHA_PX, _WIDE_ALPHA_PX = 1.5, 5.0
_QUADRATURES = [(nodes / 2.0, weights / 2.0) for nodes, weights in map(np.polynomial.legendre.leggauss, (4, 2, 1))]
_LAST = round(FARTHEST * STEPS)


@dataclass(frozen=True)
class DrawnStars:
    """Stars on a canvas as columns: x and y in canvas pixels (centre of the first pixel is 0), light, and shape.

    ``flux_e`` has a row for each star with the electrons it would bring in each band of the sensor, if every pixel saw
    that band.
    """

    x: Floats
    y: Floats
    flux_e: Floats
    spread: PointSpread

    def rows(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> DrawnStars:
        """Return only the chosen stars."""
        return DrawnStars(self.x[chosen], self.y[chosen], self.flux_e[chosen], spread=self.spread.rows(chosen))


def draw(canvas: Canvas, stars: DrawnStars, *, faintest_e: float, pattern: Pattern = MONO) -> None:
    """Add stars to a canvas indexed [x][y]; a stamp ends where the star falls below ``faintest_e`` a pixel.

    ``pattern`` names the band that a canvas pixel sees, by the parity of its column and row.
    """
    half_widths = stamp_half_widths(reach_px(stars, faintest_e=faintest_e))
    fineness = np.digitize(stars.spread.alpha_px, (_SHARP_ALPHA_PX, _WIDE_ALPHA_PX))
    for group in alike(half_widths, stars.spread.kind, fineness):
        half_width = int(half_widths[group[0]])
        batch = max(1, BATCH // (2 * half_width + 1) ** 2)
        for first in range(0, group.size, batch):
            _add(canvas, stars.rows(group[first : first + batch]), half_width=half_width, pattern=pattern)


def reach_px(stars: DrawnStars, *, faintest_e: float) -> Floats:
    """Return how far from its centre each star stays above ``faintest_e`` a pixel."""
    spread, brightest = stars.spread, stars.flux_e.max(axis=1, initial=0.0)
    fraction = faintest_e * spread.alpha_px**2 / np.maximum(brightest, 1e-9)
    radius = np.empty(fraction.size)
    for kind in np.unique(spread.kind):
        of_kind = spread.kind == kind
        radius[of_kind] = profile(int(kind), spread.obstruction).reach(fraction[of_kind])
    return radius * spread.longest_px


def alike(*columns: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the rows that agree in all columns, group by group."""
    groups = np.stack(columns)
    order = np.lexsort(groups)
    bounds = np.flatnonzero(np.any(np.diff(groups[:, order], axis=1) != 0, axis=0)) + 1
    return [group for group in np.split(order, bounds) if group.size]


def stamp_half_widths(reach: Floats) -> NDArray[np.int64]:
    """Return the half width of the smallest stamp that holds each reach, in pixels; few widths serve all stars."""
    place = np.searchsorted(_HALF_WIDTHS, reach)
    return np.asarray(_HALF_WIDTHS[np.minimum(place, _HALF_WIDTHS.size - 1)], dtype=np.int64)


def _add(canvas: Canvas, stars: DrawnStars, *, half_width: int, pattern: Pattern) -> None:
    span = np.arange(-half_width, half_width + 1)
    columns = np.rint(stars.x).astype(np.int64)[:, None] + span
    rows = np.rint(stars.y).astype(np.int64)[:, None] + span
    values = _values(columns - stars.x[:, None], rows - stars.y[:, None], spread=stars.spread)
    flux_e = (stars.flux_e / stars.spread.alpha_px[:, None] ** 2).astype(np.float32)
    values *= seen(flux_e, columns=columns[:, :, None], rows=rows[:, None, :], pattern=pattern)
    width, height = canvas.shape
    inside_x, inside_y = (columns >= 0) & (columns < width), (rows >= 0) & (rows < height)
    index = columns[:, :, None] * height + rows[:, None, :]
    flat = canvas.reshape(-1)
    if inside_x.all() and inside_y.all():
        np.add.at(flat, index.ravel(), values.ravel())
    else:
        inside = inside_x[:, :, None] & inside_y[:, None, :]
        np.add.at(flat, index[inside], values[inside])


def seen(
    flux_e: NDArray[np.float32], *, columns: NDArray[np.int64], rows: NDArray[np.int64], pattern: Pattern
) -> NDArray[np.float32]:
    """Return the flux of each star in the band that each of its pixels sees; stars count along the first axis."""
    if flux_e.shape[1] == 1:
        return flux_e[:, :, None]
    star = np.arange(len(flux_e))[:, None, None]
    return np.asarray(flux_e[star, pattern[columns & 1, rows & 1]], dtype=np.float32)


def _values(dx: Floats, dy: Floats, *, spread: PointSpread) -> NDArray[np.float32]:
    """Return the profile averaged over each pixel, for pixels at ``dx`` and ``dy`` of each star of one kind."""
    determinant = spread.alpha_px[:, None] ** 4
    a, b, c = (part[:, None] / determinant for part in (spread.yy, -2.0 * spread.xy, spread.xx))
    total = np.zeros((dx.shape[0], dx.shape[1], dy.shape[1]), dtype=np.float32)
    nodes, weights = _QUADRATURES[int(np.digitize(spread.alpha_px[0], (_SHARP_ALPHA_PX, _WIDE_ALPHA_PX)))]
    kind = int(spread.kind[0]) if spread.kind.size else 0
    table = profile(kind, spread.obstruction).values
    for (node_x, weight_x), (node_y, weight_y) in product(zip(nodes, weights, strict=True), repeat=2):
        x, y = dx + node_x, dy + node_y
        q = (a * x * x).astype(np.float32)[:, :, None] + (c * y * y).astype(np.float32)[:, None, :]
        q += (b * x).astype(np.float32)[:, :, None] * y.astype(np.float32)[:, None, :]
        total += _moffat(q, weight_x * weight_y) if kind == 0 else _looked_up(q, table, weight=weight_x * weight_y)
    return total


def _moffat(q: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """Return (1 + q)**-3.5 with a total of ``weight``; ``q`` is used up."""
    q += np.float32(1.0)
    root = np.sqrt(q)
    q *= q * q
    q *= root
    return np.divide(np.float32(weight * PEAK), q, out=q)


def _looked_up(q: NDArray[np.float32], table: NDArray[np.float32], *, weight: float) -> NDArray[np.float32]:
    np.maximum(q, np.float32(0.0), out=q)
    np.sqrt(q, out=q)
    q *= np.float32(STEPS)
    q += np.float32(0.5)
    np.minimum(q, np.float32(_LAST), out=q)
    return np.float32(weight) * table[q.astype(np.int32)]
