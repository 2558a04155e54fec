"""Nights with trends taken out, for frames that are left out: whole nights, and each frame's own without it.

Frames of one crowd that take out the same trend share whole nights, which are sorted once; a night without one of its
frames is the same night with a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from tsplug.grading.core_rows import NO_GAP, Rows, cores_of
from tsplug.grading.night_levels import LEAST_STEP
from tsplug.grading.ragged import Floats, Ints, Ragged, counts_of, places_of, starts_of
from tsplug.grading.sample_table import SampleTable

_AT_ONCE = 1 << 17
"""About how many numbers an array may have: so many frames are found together."""


class LeftOut(NamedTuple):
    """Frames that are left out: which sample each is, and below which rank the newest of the others are."""

    sample: Ints
    newest: Ints

    def of(self, places: Ints) -> LeftOut:
        """Return some of them."""
        return LeftOut(self.sample[places], self.newest[places])


def parts_of(table: SampleTable, left_out: LeftOut, *, trend: Floats) -> Iterator[tuple[Ints, NightRows]]:
    """Yield the nights of frames, as many together as make arrays of a bounded size, with the frames' places."""
    night = table.night[left_out.sample]
    crowd = table.crowd[night]
    order = np.lexsort((trend, crowd))
    is_first = _is_first(crowd[order], trend[order])
    of_crowd = table.nights[crowd[order]] + np.where(is_first, table.size[crowd[order]], 0)
    cost = 2 * table.count[night[order]] + of_crowd
    part = np.cumsum(cost) // _AT_ONCE
    for begin, end in zip(*_bounds(part), strict=True):
        places = order[begin:end]
        yield places, NightRows(table, left_out.of(places), trend=trend[places])


def _bounds(part: Ints) -> tuple[list[int], list[int]]:
    begin = np.flatnonzero(np.diff(part, prepend=-1)).tolist()
    return begin, [*begin[1:], len(part)] if begin else []


def _is_first(crowd: Ints, trend: Floats) -> np.ndarray:
    found = np.ones(len(crowd), dtype=bool)
    found[1:] = (crowd[1:] != crowd[:-1]) | (trend[1:] != trend[:-1])
    return found


class NightRows:
    """Rows of nights: first whole ones, by the sets that frames share, then the frames' own without them.

    Attributes:
        set_of: the set of nights that each frame shares.
        row_set: to which set each whole row belongs.
        own_row: which whole row is each frame's own night.
        night: which night each row is of; with it go ``trend``, ``used``, ``low`` and ``high``, the ends of its core,
            and ``middle``, the median of that.
    """

    def __init__(self, table: SampleTable, left_out: LeftOut, *, trend: Floats) -> None:
        """Sort the nights and find their cores; frames are given in the order of their crowds and trends."""
        self.table, self.left_out = table, left_out
        own_night = table.night[left_out.sample]
        crowd = table.crowd[own_night]
        is_first = _is_first(crowd, trend)
        self.set_of = np.cumsum(is_first) - 1
        self.sets = int(is_first.sum())
        nights = table.nights[crowd[is_first]]
        self.row_set, place = places_of(nights)
        whole = table.first_night[crowd[is_first]][self.row_set] + place
        self.own_row = starts_of(nights)[self.set_of] + own_night - table.first_night[crowd]
        self.whole, self.own = slice(0, len(whole)), slice(len(whole), len(whole) + len(trend))
        self.night = np.concatenate([whole, own_night])
        self.trend = np.concatenate([trend[is_first][self.row_set], trend])
        self.crowd = table.crowd[self.night]
        self._sorted_of = np.concatenate([np.arange(len(whole)), self.own_row])
        self._find_cores()

    def _find_cores(self) -> None:
        rows = self.rows
        standards = self.table.measures.standards.of(self.crowd)
        begin, end = cores_of(rows, standards)
        self.used, self.is_spoiled = end - begin, end < rows.counts
        has_any = rows.counts > 0
        self.middle = np.where(has_any, rows.middles(begin, end), 0.0)
        # Nothing lies within the core of an empty row.
        self.low = np.where(has_any, rows.at(begin), np.inf)
        self.high = np.where(has_any, rows.at(end - 1), -np.inf)

    @cached_property
    def flat(self) -> Ragged:
        """Return the harms of whole nights, trends taken out, sorted."""
        table, night = self.table, self.night[self.whole]
        row, place = places_of(table.count[night])
        index = table.start[night][row] + place
        harms = table.harm[index] - self.trend[row] * table.air[index]
        return Ragged(harms, table.count[night]).sorted()

    @cached_property
    def own_flat(self) -> Floats:
        """Return the harms of the frames that are left out, trends taken out."""
        sample = self.left_out.sample
        found: Floats = self.table.harm[sample] - self.trend[self.own] * self.table.air[sample]
        return found

    @cached_property
    def rows(self) -> Rows:
        """Return all rows, sorted; whole ones that no frame needs, since all are of that night, are empty."""
        flat, counts = self.flat, self.table.count[self.night]
        start = starts_of(flat.counts)[self._sorted_of]
        own = Rows(flat.values, start[self.own], counts[self.own], np.full(len(self.set_of), NO_GAP))
        gap = np.concatenate([np.full(len(self.row_set), NO_GAP), own.up_to(self.own_flat) - 1])
        among = counts_of(self.set_of, rows=self.sets)[self.row_set]
        is_needed = among > counts_of(self.own_row, rows=len(self.row_set))
        counts[self.whole][~is_needed] = 0
        counts[self.own] -= 1
        return Rows(flat.values, start, counts, gap)

    @cached_property
    def in_core(self) -> tuple[Ints, Ints]:
        """Return row and sample of all that lies within cores, by hour."""
        row, sample = self.by_hour
        flat = self.flat_by_hour
        within = np.flatnonzero((flat >= self.low[row]) & (flat <= self.high[row]))
        return row[within], sample[within]

    @cached_property
    def by_hour(self) -> tuple[Ints, Ints]:
        """Return row and sample of all that rows have, by hour."""
        row, place = places_of(self.rows.counts)
        start = self.table.start[self.night]
        gap = np.concatenate([np.full(len(self.row_set), NO_GAP), self.left_out.sample - start[self.own]])
        return row, start[row] + place + (place >= gap[row])

    @cached_property
    def flat_by_hour(self) -> Floats:
        """Return the harms of what `by_hour` has, trends taken out."""
        row, sample = self.by_hour
        found: Floats = self.table.harm[sample] - self.trend[row] * self.table.air[sample]
        return found

    @cached_property
    def in_core_by_air(self) -> tuple[Ints, Ints]:
        """Return row and place in `SampleTable.by_air` of what lies within cores, by its air if that is known."""
        by_air = self.table.by_air
        gap = np.concatenate([np.full(len(self.row_set), NO_GAP), self.table.air_place[self.left_out.sample]])
        steep = self.table.measures.steepest[self.crowd] > 0
        row, place = places_of(np.where((self.used > 0) & steep, by_air.counts[self.night] - (gap < NO_GAP), 0))
        at = by_air.start[self.night][row] + place + (place >= gap[row])
        flat = by_air.harm[at] - self.trend[row] * by_air.air[at]
        within = np.flatnonzero((flat >= self.low[row]) & (flat <= self.high[row]))
        return row[within], at[within]

    def slopes(self) -> Ragged:
        """Return how harms grow with the air in each row: each sample is paired with the one half the row away."""
        row, at = self.in_core_by_air
        count = counts_of(row, rows=len(self.night))
        half, place = (count + 1) // 2, np.arange(len(row)) - starts_of(count)[row]
        near = np.flatnonzero(place < (count - half)[row])
        far = near + half[row[near]]
        air, harm = self.table.by_air.air[at], self.table.by_air.harm[at]
        apart = air[far] - air[near]
        steps = np.flatnonzero(apart >= LEAST_STEP)
        row = row[near[steps]]
        return Ragged((harm[far] - harm[near])[steps] / apart[steps], counts_of(row, rows=len(count)))
