"""How sharpness changes over the frame: nine cells, tilt of the sensor, curvature of the field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.middle import median
from tsplug.imaging.roundness import common_elongation

Floats = NDArray[np.float64]

CELLS = 3
_FEWEST_PER_CELL = 3
# Four numbers are fitted; fewer stars than this tell noise.
_FEWEST = 30
_CLIPPED_SIGMA = 3.0
# A radius is known to this share over the signal to noise, and stars differ by this share for other reasons.
_RADIUS_NOISE, _RADIUS_SCATTER = 1.5, 0.03
# Chance shows less than this in 99.73 % of flat fields: three sigma, squared, of one number, and the same of two.
_TOLD_BY_ONE, _TOLD_BY_TWO = 9.0, 11.83


@dataclass(frozen=True)
class FieldMap:
    """Medians in 3x3 cells of the frame (rows from the top, columns from the left), NaN where too few stars lie.

    ``hfr`` and ``fwhm`` are px, ``count`` the stars measured in each cell. ``ellipticity`` is 1 - b/a of a cell's stars
    together, their noise taken out, ``angle_deg`` the direction of their long axes, from x towards y. ``tilt`` is how
    much larger the stars are at one end of the frame's steepest diagonal than at the other, ``curvature`` how much
    larger in the corners than in the middle, both in percent of the typical star; None where that is less than three
    sigma of the fit's own noise, and where there are too few stars to tell.
    """

    hfr: Floats
    fwhm: Floats
    count: NDArray[np.int64]
    ellipticity: Floats
    angle_deg: Floats
    tilt: float | None = None
    curvature: float | None = None


def map_field(
    places: tuple[Floats, Floats], *, hfr: Floats, fwhm: Floats, vectors: tuple[Floats, Floats], snr: Floats
) -> FieldMap:
    """Map radii and elongation over the frame.

    Args:
        places: x and y of each star, from -1 to 1 over the frame.
        hfr: half-flux radius of each star (px), NaN where unknown.
        fwhm: FWHM of each star (px), NaN where unknown.
        vectors: both components of each star's ellipticity.
        snr: signal to noise of each star.
    """
    x, y = places
    column = np.clip(((x + 1.0) / 2.0 * CELLS).astype(np.int64), 0, CELLS - 1)
    row = np.clip(((y + 1.0) / 2.0 * CELLS).astype(np.int64), 0, CELLS - 1)
    cell = row * CELLS + column
    known = np.isfinite(hfr)
    count = np.bincount(cell[known], minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    tilt, curvature = _slope(x[known], y[known], radius=hfr[known], snr=snr[known])
    ellipticity, angle_deg = _elongation(cell[known], (vectors[0][known], vectors[1][known]), snr=snr[known])
    return FieldMap(_medians(cell, hfr), _medians(cell, fwhm), count, ellipticity, angle_deg, tilt, curvature)


def _elongation(cell: NDArray[np.int64], vectors: tuple[Floats, Floats], *, snr: Floats) -> tuple[Floats, Floats]:
    found = np.full((2, CELLS * CELLS), np.nan)
    for each in range(CELLS * CELLS):
        inside = cell == each
        if np.count_nonzero(inside) >= _FEWEST_PER_CELL:
            found[:, each] = common_elongation((vectors[0][inside], vectors[1][inside]), snr=snr[inside])
    return found[0].reshape(CELLS, CELLS), found[1].reshape(CELLS, CELLS)


def _medians(cell: NDArray[np.int64], values: Floats) -> Floats:
    known = np.isfinite(values)
    inside = [values[known & (cell == each)] for each in range(CELLS * CELLS)]
    middles = [median(each) if each.size >= _FEWEST_PER_CELL else np.nan for each in inside]
    return np.array(middles).reshape(CELLS, CELLS)


def _slope(x: Floats, y: Floats, *, radius: Floats, snr: Floats) -> tuple[float | None, float | None]:
    """Fit a plane and a bowl to the radii, outliers left out; tilt and curvature in percent of the level."""
    if radius.size < _FEWEST:
        return None, None
    weights = 1.0 / np.hypot(_RADIUS_NOISE / np.maximum(snr, 1.0), _RADIUS_SCATTER)
    terms = np.stack([np.ones(x.size), x, y, (x**2 + y**2) / 2.0], axis=1) * weights[:, None]
    kept = np.ones(radius.size, dtype=bool)
    for _ in range(3):
        used = kept
        solution = np.asarray(np.linalg.lstsq(terms[used], (radius * weights)[used], rcond=None)[0], dtype=np.float64)
        left = radius * weights - (terms * solution).sum(axis=1)
        spread = 1.4826 * median(np.abs(left[used]))
        kept = np.abs(left) <= _CLIPPED_SIGMA * spread + 1e-9
    inside = left[used & kept]
    variance = float(np.square(inside).sum()) / max(inside.size - terms.shape[1], 1)
    covariance = variance * np.linalg.pinv(terms[used].T @ terms[used])
    typical = median(radius)
    tilt = 100.0 * 2.0 * float(np.abs(solution[1:3]).sum()) / typical
    curvature = 100.0 * float(solution[3]) / typical
    return (
        tilt if _stands_out(solution[1:3], covariance[1:3, 1:3], told=_TOLD_BY_TWO) else None,
        curvature if _stands_out(solution[3:], covariance[3:, 3:], told=_TOLD_BY_ONE) else None,
    )


def _stands_out(values: Floats, covariance: Floats, *, told: float) -> bool:
    """Tell whether values are further from none at all than their noise takes them."""
    least = 1e-18 * np.eye(values.size)
    return bool(values @ np.linalg.solve(covariance + least, values) > told)
