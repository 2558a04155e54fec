"""The sphere cut into cells of about half a degree, so that a look at a field touches only what lies near it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CELL_DEG = 0.5

_POLE_DEG = 90.0
_BANDS = round(180.0 / CELL_DEG)


def cells_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> list[tuple[int, int]]:
    """Return (band, index) of every cell that touches a circle, each once; a few neighbours may be among them."""
    lowest = max(0, math.floor((dec_deg - radius_deg + _POLE_DEG) / CELL_DEG))
    highest = min(_BANDS - 1, math.floor((dec_deg + radius_deg + _POLE_DEG) / CELL_DEG))
    half_width_deg = _half_width_deg(dec_deg, radius_deg)
    found: list[tuple[int, int]] = []
    for band in range(lowest, highest + 1):
        count = cells_in_band(band)
        width_deg = 360.0 / count
        first = math.floor((ra_deg - half_width_deg) / width_deg)
        last = math.floor((ra_deg + half_width_deg) / width_deg)
        found.extend((band, index % count) for index in range(first, min(last, first + count - 1) + 1))
    return found


def every_cell() -> list[tuple[int, int]]:
    """Return (band, index) of all cells, from the south pole to the north pole."""
    return [(band, index) for band in range(_BANDS) for index in range(cells_in_band(band))]


def cell_bounds(band: int, index: int) -> tuple[float, float, float, float]:
    """Return a cell's lowest and highest right ascension, then declination, in degrees."""
    width_deg = 360.0 / cells_in_band(band)
    low_deg = band * CELL_DEG - _POLE_DEG
    return index * width_deg, (index + 1) * width_deg, low_deg, low_deg + CELL_DEG


def cells_in_band(band: int) -> int:
    """Return into how many cells the band of declination is cut."""
    middle_deg = (band + 0.5) * CELL_DEG - _POLE_DEG
    return max(1, round(360.0 * math.cos(math.radians(middle_deg)) / CELL_DEG))


class CellIndex:
    """Finds the rows of a table that lie in a cell, in a time that does not depend on the table's length."""

    def __init__(self, ra_deg: NDArray[np.float64], dec_deg: NDArray[np.float64]) -> None:
        """Sort the rows by cell; ``order`` is the order in which the table must be kept."""
        counts = np.array([cells_in_band(band) for band in range(_BANDS)])
        self._first = np.concatenate([[0], np.cumsum(counts)])
        band = np.clip(np.floor((dec_deg + _POLE_DEG) / CELL_DEG).astype(np.int64), 0, _BANDS - 1)
        index = np.minimum(np.floor(ra_deg / 360.0 * counts[band]).astype(np.int64), counts[band] - 1)
        cell = self._first[band] + index
        self.order: NDArray[np.int64] = np.argsort(cell, kind="stable")
        self._starts = np.searchsorted(cell[self.order], np.arange(self._first[-1] + 1))

    def rows(self, band: int, index: int) -> slice:
        """Return the rows of a cell in the sorted table."""
        cell = int(self._first[band]) + index
        return slice(int(self._starts[cell]), int(self._starts[cell + 1]))


def _half_width_deg(dec_deg: float, radius_deg: float) -> float:
    if abs(dec_deg) + radius_deg >= _POLE_DEG:
        return 180.0
    sine = math.sin(math.radians(radius_deg)) / math.cos(math.radians(dec_deg))
    return math.degrees(math.asin(min(1.0, sine)))
