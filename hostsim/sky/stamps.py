"""Drawing stars: all stars of one stamp size at once, added to the canvas in batches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.psf import BETA, PointSpread

Floats = NDArray[np.float64]
Canvas = NDArray[np.float32]

_HALF_WIDTHS = np.array([3, 4, 6, 8, 11, 15, 20, 28, 40, 60, 90, 140, 200, 300, 450, 700])
# Elements per batch: small enough to stay in the processor's cache.
_BATCH = 120_000
# Gauss-Legendre nodes that integrate the profile over a pixel: two suffice unless the star is sharper than the pixels.
_SHARP_ALPHA_PX = 1.5
_NODES, _SHARP_NODES = (np.polynomial.legendre.leggauss(count)[0] / 2.0 for count in (2, 4))
_WEIGHTS, _SHARP_WEIGHTS = (np.polynomial.legendre.leggauss(count)[1] / 2.0 for count in (2, 4))


@dataclass(frozen=True)
class DrawnStars:
    """Stars on a canvas: x and y in canvas pixels (centre of the first pixel is 0), flux in electrons."""

    x: Floats
    y: Floats
    flux_e: Floats

    def keep(self, chosen: NDArray[np.bool_]) -> DrawnStars:
        """Return only the chosen stars."""
        return DrawnStars(self.x[chosen], self.y[chosen], self.flux_e[chosen])


def draw(canvas: Canvas, stars: DrawnStars, *, spread: PointSpread, faintest_e: float) -> None:
    """Add stars to a canvas indexed [x][y]; a stamp ends where the profile falls below ``faintest_e`` a pixel."""
    half_widths = _half_widths(stars.flux_e, spread, faintest_e=faintest_e)
    for half_width in np.unique(half_widths):
        chosen = np.flatnonzero(half_widths == half_width)
        batch = max(1, _BATCH // (2 * int(half_width) + 1) ** 2)
        for first in range(0, chosen.size, batch):
            rows = chosen[first : first + batch]
            part = DrawnStars(stars.x[rows], stars.y[rows], stars.flux_e[rows])
            _add(canvas, part, spread=spread, half_width=int(half_width))


def reach_px(flux_e: Floats, spread: PointSpread, *, faintest_e: float) -> Floats:
    """Return how far from its centre each star stays above ``faintest_e`` a pixel."""
    alpha = math.sqrt(max(spread.xx, spread.yy))
    peak = flux_e * (BETA - 1.0) / (math.pi * spread.alpha_px**2)
    ratio = np.maximum(peak / faintest_e, 1.0) ** (1.0 / BETA)
    return alpha * np.sqrt(ratio - 1.0)


def _half_widths(flux_e: Floats, spread: PointSpread, *, faintest_e: float) -> NDArray[np.int64]:
    place = np.searchsorted(_HALF_WIDTHS, reach_px(flux_e, spread, faintest_e=faintest_e))
    return np.asarray(_HALF_WIDTHS[np.minimum(place, _HALF_WIDTHS.size - 1)], dtype=np.int64)


def _add(canvas: Canvas, stars: DrawnStars, *, spread: PointSpread, half_width: int) -> None:
    span = np.arange(-half_width, half_width + 1)
    columns = np.rint(stars.x).astype(np.int64)[:, None] + span
    rows = np.rint(stars.y).astype(np.int64)[:, None] + span
    values = _profile(columns - stars.x[:, None], rows - stars.y[:, None], spread=spread)
    determinant = spread.alpha_px**4
    values *= (stars.flux_e * (BETA - 1.0) / (math.pi * math.sqrt(determinant))).astype(np.float32)[:, None, None]
    width, height = canvas.shape
    inside_x, inside_y = (columns >= 0) & (columns < width), (rows >= 0) & (rows < height)
    index = columns[:, :, None] * height + rows[:, None, :]
    flat = canvas.reshape(-1)
    if inside_x.all() and inside_y.all():
        np.add.at(flat, index.ravel(), values.ravel())
    else:
        inside = inside_x[:, :, None] & inside_y[:, None, :]
        np.add.at(flat, index[inside], values[inside])


def _profile(dx: Floats, dy: Floats, *, spread: PointSpread) -> NDArray[np.float32]:
    """Return (1 + q)**-3.5 averaged over each pixel, for pixels at ``dx`` and ``dy`` of each star."""
    determinant = spread.alpha_px**4
    a, b, c = spread.yy / determinant, -2.0 * spread.xy / determinant, spread.xx / determinant
    total = np.zeros((dx.shape[0], dx.shape[1], dy.shape[1]), dtype=np.float32)
    sharp = spread.alpha_px < _SHARP_ALPHA_PX
    nodes, weights = (_SHARP_NODES, _SHARP_WEIGHTS) if sharp else (_NODES, _WEIGHTS)
    for (node_x, weight_x), (node_y, weight_y) in product(zip(nodes, weights, strict=True), repeat=2):
        x, y = dx + node_x, dy + node_y
        q = (a * x * x + 1.0).astype(np.float32)[:, :, None] + (c * y * y).astype(np.float32)[:, None, :]
        q += (b * x).astype(np.float32)[:, :, None] * y.astype(np.float32)[:, None, :]
        root = np.sqrt(q)
        q *= q * q
        q *= root
        total += np.divide(np.float32(weight_x * weight_y), q, out=q)
    return total
