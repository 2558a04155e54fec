"""Cores and medians of many sorted lists at once: the rules of `tsplug.grading.night_levels`, for rows of an array.

Whoever judges every frame of a plan apart from itself asks for as many cores as there are frames. A row without one of
its numbers is the same row, looked at past a gap, so it is sorted once however many are left out of it. Each number
here is to the last bit what that module finds for one list.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tsplug.grading.night_levels import CORE_SIGMA, MAD_TO_SIGMA, ODD, PASSES
from tsplug.grading.ragged import Floats, Ints

NO_GAP = np.iinfo(np.int64).max // 2
"""The place of the gap in a row of which nothing is left out."""


class Standards(NamedTuple):
    """What of `tsplug.grading.night_levels.Yardstick` cores need, for each row."""

    floor: Floats
    ceiling: Floats
    better: Floats
    majority: Floats

    def within(self, deviation: Floats) -> Floats:
        """Return standard deviations within what may be claimed, as `Yardstick.within` does."""
        return np.minimum(np.maximum(deviation, self.floor), self.ceiling)

    def of(self, rows: Ints) -> Standards:
        """Return those of some rows."""
        return Standards(*(each[rows] for each in self))


class Rows(NamedTuple):
    """Sorted numbers in rows, of each of which one may be left out.

    Attributes:
        values: the numbers of all rows.
        start: where each row begins among them.
        counts: how many numbers each row has, without the one that is left out.
        gap: the place in its row of the one that is left out, `NO_GAP` where none is.
    """

    values: Floats
    start: Ints
    counts: Ints
    gap: Ints

    def of(self, rows: Ints) -> Rows:
        """Return some of the rows."""
        return Rows(self.values, self.start[rows], self.counts[rows], self.gap[rows])

    def at(self, place: Ints) -> Floats:
        """Return the number at a place of each row; of a place that there is not, any number."""
        found: Floats = self.values.take(self.start + place + (place >= self.gap), mode="clip")
        return found

    def middles(self, begin: Ints, end: Ints) -> Floats:
        """Return the medians of a stretch of each row."""
        last = begin + end - 1
        low, high = self.at(last // 2), self.at((last + 1) // 2)
        return np.where(low == high, low, (low + high) / 2.0)

    def up_to(self, edge: Floats) -> Ints:
        """Return how many numbers of each row lie no further than an edge."""
        found: Ints = np.zeros_like(self.counts)
        step = 1 << int(self.counts.max(initial=0)).bit_length() >> 1
        while step:
            further = found + step
            found = np.where((further <= self.counts) & (self.at(further - 1) <= edge), further, found)
            step >>= 1
        return found

    def deviations(self, centre: Floats, *, begin: Ints, end: Ints) -> Floats:
        """Return the median distance of a stretch of each row from a centre.

        Those to the left of the centre and those to the right are sorted already; how many of the nearest lie on the
        left is found by bisection, and the next one beyond them is the nearer of two.
        """
        split = np.clip(self.up_to(centre), begin, end)
        last = end - begin - 1
        wanted = last // 2 + 1
        left = self._nearest_on_left(centre, split, wanted=wanted, most=(split - begin, end - split))
        right = wanted - left
        on_left = np.where(left > 0, centre - self.at(split - left), 0.0)
        on_right = np.where(right > 0, self.at(split + right - 1) - centre, 0.0)
        low = np.maximum(on_left, on_right)
        next_left = np.where(left < split - begin, centre - self.at(split - 1 - left), np.inf)
        next_right = np.where(right < end - split, self.at(split + right) - centre, np.inf)
        return np.where(last % 2 == 0, low, (low + np.minimum(next_left, next_right)) / 2.0)

    def _nearest_on_left(self, centre: Floats, split: Ints, *, wanted: Ints, most: tuple[Ints, Ints]) -> Ints:
        """Return how many of so many nearest numbers lie to the left of a centre, which has so many on either side."""
        low: Ints = np.maximum(0, wanted - most[1])
        high = np.minimum(wanted, most[0])
        while (is_open := low < high).any():
            left = (low + high) // 2
            nearer = centre - self.at(split - 1 - left) < self.at(split + wanted - left - 1) - centre
            low, high = np.where(is_open & nearer, left + 1, low), np.where(is_open & ~nearer, left, high)
        return low


def cores_of(rows: Rows, standards: Standards) -> tuple[Ints, Ints]:
    """Return where the usual ones of sorted harms begin and end; an empty row has none."""
    begin = np.zeros_like(rows.counts)
    end = begin.copy()
    left = np.flatnonzero(rows.counts)
    end[left] = _grown(rows.of(left), standards.of(left), begin=begin[left])
    while len(left := left[end[left] / rows.counts[left] < standards.majority[left]]):
        begin[left] = end[left]
        end[left] = _grown(rows.of(left), standards.of(left), begin=begin[left])
    return begin, end


def _grown(rows: Rows, standards: Standards, *, begin: Ints) -> Ints:
    last = rows.counts - begin - 1
    start = rows.at(begin + np.maximum((last * standards.better).astype(np.int64), np.minimum(last // 2, ODD)))
    found, left = rows.up_to(start), np.arange(len(begin))
    end = found.copy()
    for _ in range(PASSES):
        centre = rows.middles(begin, end)
        deviation = MAD_TO_SIGMA * rows.deviations(centre, begin=begin, end=end)
        reached = rows.up_to(np.maximum(centre + CORE_SIGMA * standards.within(deviation), start))
        found[left] = reached
        moved = np.flatnonzero(reached != end)
        if not len(moved):
            break
        left, begin, start, end = left[moved], begin[moved], start[moved], reached[moved]
        rows, standards = rows.of(moved), standards.of(moved)
    return found
