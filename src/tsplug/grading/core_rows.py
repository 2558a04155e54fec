"""Cores and medians of many sorted lists at once: the rules of `tsplug.grading.night_levels`, row by row of arrays.

Whoever judges every frame of a plan apart from itself asks for as many cores as there are frames. Each number here is
to the last bit what that module finds for one list.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsplug.grading.night_levels import CORE_SIGMA, MAD_TO_SIGMA, ODD, PASSES, Yardstick

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Rows(NamedTuple):
    """Sorted numbers in rows, filled up with infinity, and how many of each row count."""

    ordered: Floats
    counts: Ints

    def at(self, place: Ints) -> Floats:
        """Return the number at a place of each row; of a place that there is not, any number."""
        width = self.ordered.shape[1]
        found: Floats = self.ordered.take(np.arange(0, width * len(place), width) + place, mode="clip")
        return found

    def middles(self, begin: Ints, end: Ints) -> Floats:
        """Return the medians of a stretch of each row."""
        last = begin + end - 1
        low, high = self.at(last // 2), self.at((last + 1) // 2)
        return np.where(low == high, low, (low + high) / 2.0)

    def up_to(self, edge: Floats) -> Ints:
        """Return how many numbers of each row lie no further than an edge."""
        within: Ints = np.count_nonzero(self.ordered <= edge[:, None], axis=1)
        return np.minimum(within, self.counts)


def sorted_rows(values: Floats, count: Ints) -> Rows:
    """Return rows, which are nobody else's, sorted; what does not count of them is infinite."""
    values.sort(axis=1)
    return Rows(values, count)


def rows_of(values: Floats, row: Ints, *, count: int) -> Rows:
    """Return numbers that are told one after the other, in the order of their rows, as so many rows, not sorted."""
    counts = np.bincount(row, minlength=count)
    found = np.full((count, max(1, int(counts.max(initial=0)))), np.inf)
    found[row, within_rows(row, counts)] = values
    return Rows(found, counts)


def within_rows(row: Ints, count: Ints) -> Ints:
    """Return the place of each element in its row; elements are in the order of their rows, which have so many."""
    return np.arange(len(row)) - (np.cumsum(count) - count)[row]


def cores_of(flat: Rows, yardstick: Yardstick) -> tuple[Ints, Ints]:
    """Return where the usual ones of sorted harms begin and end; an empty row has none."""
    begin = np.zeros(len(flat.counts), dtype=np.int64)
    end = begin.copy()
    rows = np.flatnonzero(flat.counts)
    end[rows] = _grown(_part(flat, rows), yardstick, begin=begin[rows])
    while len(rows := rows[end[rows] / flat.counts[rows] < yardstick.majority]):
        begin[rows] = end[rows]
        end[rows] = _grown(_part(flat, rows), yardstick, begin=begin[rows])
    return begin, end


def _part(flat: Rows, rows: Ints) -> Rows:
    return flat if len(rows) == len(flat.counts) else Rows(flat.ordered[rows], flat.counts[rows])


def _grown(flat: Rows, yardstick: Yardstick, *, begin: Ints) -> Ints:
    last = flat.counts - begin - 1
    start = flat.at(begin + np.maximum((last * yardstick.better).astype(np.int64), np.minimum(last // 2, ODD)))
    found, left = flat.up_to(start), np.arange(len(begin))
    end = found.copy()
    for _ in range(PASSES):
        centre = flat.middles(begin, end)
        deviation = MAD_TO_SIGMA * _absolute_deviations(flat, centre, bounds=(begin, end))
        reached = flat.up_to(np.maximum(centre + CORE_SIGMA * claimed(deviation, yardstick), start))
        found[left] = reached
        moved = np.flatnonzero(reached != end)
        if not len(moved):
            break
        left, begin, start, end, flat = left[moved], begin[moved], start[moved], reached[moved], _part(flat, moved)
    return found


def _absolute_deviations(flat: Rows, centre: Floats, *, bounds: tuple[Ints, Ints]) -> Floats:
    """Return the median distances of a stretch of each row from a centre."""
    begin, end = bounds
    away = np.abs(flat.ordered - centre[:, None])
    place = np.arange(flat.ordered.shape[1])
    away[(place < begin[:, None]) | (place >= end[:, None])] = np.inf
    return sorted_rows(away, end - begin).middles(np.zeros_like(begin), end - begin)


def claimed(deviation: Floats, yardstick: Yardstick) -> Floats:
    """Return standard deviations within what may be claimed, as `Yardstick.within` does."""
    return np.minimum(np.maximum(deviation, yardstick.floor), yardstick.ceiling)
