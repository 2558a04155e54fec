"""What the levels of crowds come to for each of many frames that are left out, in arrays.

The rules are those of `tsplug.grading.levels` and `tsplug.grading.night_levels`, where their reasons stand.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from tsplug.grading.core_rows import Rows, cores_of
from tsplug.grading.left_out_rows import LeftOut, NightRows, parts_of
from tsplug.grading.levels import PAIRS, TREND_PASSES
from tsplug.grading.night_levels import MAD_TO_SIGMA
from tsplug.grading.other_medians import Frames, Sets, medians_of_others
from tsplug.grading.ragged import Floats, Ints, Ragged, Truths, counts_of, places_of, starts_of
from tsplug.grading.sample_table import SampleTable
from tsplug.grading.spells import NIGHT_FRAMES, NIGHT_HOURS


class FoundLevels(NamedTuple):
    """The levels for each frame that is left out, as measured; those of its own night are without it."""

    trend: Floats
    spread: Floats
    used: Ints
    plan: Floats
    known: Ints
    settled: Floats
    own_used: Ints
    own_level: Floats
    own_tells: Truths
    own_air: Floats
    is_spoiled: Truths


def levels_found(table: SampleTable, left_out: LeftOut) -> FoundLevels:
    """Return the levels for frames left out of the crowds of a table."""
    trend = np.zeros(len(left_out.sample))
    steep = np.flatnonzero(table.measures.steepest[table.crowd[table.night[left_out.sample]]] > 0)
    for _ in range(TREND_PASSES):
        before = trend[steep]
        for places, rows in parts_of(table, left_out.of(steep), trend=before):
            trend[steep[places]] = _steeper(rows)
    found: dict[str, Any] = {}
    for places, rows in parts_of(table, left_out, trend=trend):
        for name, values in _Levels(rows).found()._asdict().items():
            if name not in found:
                found[name] = np.empty(len(trend), dtype=values.dtype)
            found[name][places] = values
    return FoundLevels(**found)


def _steeper(rows: NightRows) -> Floats:
    """Return the trend with the air that each frame finds in the cores of the others."""
    slopes, whole = rows.slopes(), rows.own.start
    sets = Sets(slopes.part(0, whole), rows.row_set, rows.sets)
    own = Frames(rows.set_of, rows.own_row, slopes.part(whole, rows.own.stop))
    found, count = medians_of_others(sets, own)
    found = np.where(found < 0.0, 0.0, found)
    steepest = rows.table.measures.steepest[rows.crowd[rows.own]]
    found = np.where(found > steepest, steepest, found)
    return np.where(count < PAIRS, 0.0, found)


class _Levels:
    """What rows of nights come to for the frames."""

    def __init__(self, rows: NightRows) -> None:
        self._rows = rows
        self._level = rows.middle

    def found(self) -> FoundLevels:
        """Return the levels."""
        rows, own = self._rows, self._rows.own
        return FoundLevels(
            trend=rows.trend[own],
            spread=self._spread(),
            used=self._summed(rows.used),
            plan=self._plan(),
            known=self._summed(self._tells),
            settled=self._settled(),
            own_used=rows.used[own],
            own_level=self._level[own],
            own_tells=self._tells[own],
            own_air=self._own_air(),
            is_spoiled=rows.is_spoiled[own] & rows.table.measures.seeing[rows.crowd[own]],
        )

    @cached_property
    def _tells(self) -> Truths:
        """Return whether cores are large enough, and spread over long enough, to tell how a night is."""
        rows = self._rows
        row, sample = rows.in_core
        count = counts_of(row, rows=len(rows.night))
        first = starts_of(count)
        found = np.zeros(len(count), dtype=bool)
        some = np.flatnonzero(count)
        hour = rows.table.hour
        lasts = hour[sample[(first + count - 1)[some]]] - hour[sample[first[some]]] >= NIGHT_HOURS
        found[some] = (rows.used[some] >= NIGHT_FRAMES) & lasts
        return found

    def _others(self) -> tuple[Ints, Ints]:
        """Return frame and row for all nights of each frame's crowd: whole ones, and its own without it."""
        rows = self._rows
        nights = counts_of(rows.row_set, rows=rows.sets)
        frame, place = places_of(nights[rows.set_of])
        row = starts_of(nights)[rows.set_of][frame] + place
        is_own = row == rows.own_row[frame]
        return frame, np.where(is_own, rows.own.start + frame, row)

    def _summed(self, values: Ints | Truths) -> Ints:
        """Return for each frame the sum over other nights and its own."""
        rows = self._rows
        of_sets = np.bincount(rows.row_set, weights=values[rows.whole], minlength=rows.sets).astype(np.int64)
        found: Ints = of_sets[rows.set_of] - values[rows.whole][rows.own_row].astype(np.int64) + values[rows.own]
        return found

    def _spread(self) -> Floats:
        """Return the standard deviation within nights, from the newest frames."""
        rows = self._rows
        row, sample = rows.in_core
        shown = np.maximum(rows.table.harm[sample] - rows.trend[row] * rows.table.air[sample], self._sampled[row])
        level = np.maximum(self._level, self._sampled)
        away, rank = np.abs(shown - level[row]), rows.table.rank[sample]
        newest, kinds = np.unique(rows.left_out.newest, return_inverse=True)
        deviation = np.zeros(len(kinds))
        for kind, below in enumerate(newest):
            frames = np.flatnonzero(kinds == kind)
            taken = np.flatnonzero(rank < below)
            held = Ragged(away[taken], counts_of(row[taken], rows=len(rows.night)))
            own = _rows_of(held, rows.own.start + frames)
            whole = Sets(held.part(0, rows.own.start), rows.row_set, rows.sets)
            deviation[frames] = medians_of_others(whole, Frames(rows.set_of[frames], rows.own_row[frames], own))[0]
        return rows.table.measures.standards.of(rows.crowd[rows.own]).within(MAD_TO_SIGMA * deviation)

    @property
    def _sampled(self) -> Floats:
        found: Floats = self._rows.table.measures.sampled[self._rows.crowd]
        return found

    def _plan(self) -> Floats:
        """Return the level of the plan: the weighted median of nights that tell; where none does, that of all."""
        frame, row = self._others()
        telling = np.flatnonzero(self._tells[row])
        frame, row = frame[telling], row[telling]
        order = np.lexsort((self._level[row], frame))
        frame, row = frame[order], row[order]
        count = counts_of(frame, rows=len(self._rows.set_of))
        seen = np.cumsum(self._rows.used[row])
        before = np.concatenate([[0], seen])[starts_of(count)]
        total = np.concatenate([[0], seen])[starts_of(count) + count] - before
        reached = np.flatnonzero(seen - before[frame] >= total[frame] / 2.0)
        found = np.zeros(len(count))
        # The last that is written stays: from the end on, that is the first that reaches the half.
        found[frame[reached[::-1]]] = self._level[row[reached[::-1]]]
        unknown = np.flatnonzero(count == 0)
        if len(unknown):
            found[unknown] = self._level_of_all(unknown)
        return found

    def _level_of_all(self, frames: Ints) -> Floats:
        rows = self._rows
        sets, shared = np.unique(rows.set_of[frames], return_inverse=True)
        size = np.bincount(rows.row_set, weights=rows.flat.counts, minlength=rows.sets).astype(np.int64)
        row, place = places_of(size[sets])
        flat = Ragged(rows.flat.values[starts_of(size)[sets][row] + place], size[sets]).sorted()
        start, count = starts_of(flat.counts)[shared], flat.counts[shared]
        whole = Rows(flat.values, start, count, np.full(len(frames), count.max(initial=0)))
        held = whole._replace(counts=count - 1, gap=whole.up_to(rows.own_flat[frames]) - 1)
        crowd = rows.crowd[rows.own][frames]
        measures = rows.table.measures
        found: Floats = held.middles(*cores_of(held, measures.standards.of(crowd)))
        return found

    def _settled(self) -> Floats:
        """Return from which hour on nights are settled.

        Two samples in a row within the core, or below it, settle a night; so does the first.
        """
        rows = self._rows
        found = np.full(len(rows.set_of), -math.inf)
        seeing = rows.table.measures.seeing[rows.crowd]
        if not seeing.any():
            return found
        row, sample = rows.by_hour
        is_good = rows.flat_by_hour <= rows.high[row]
        after_good = np.ones_like(is_good)
        after_good[1:] = is_good[:-1] | (row[1:] != row[:-1])
        settling = np.flatnonzero(is_good & after_good & seeing[row])
        latest = np.full(len(rows.night), -math.inf)
        # Samples come by their hours: the last that is written is the latest.
        latest[row[settling]] = rows.table.hour[sample[settling]]
        frame, night = self._others()
        nights = counts_of(frame, rows=len(found))
        return np.asarray(np.maximum.reduceat(latest[night], starts_of(nights))) if len(found) else found

    def _own_air(self) -> Floats:
        """Return the air in the middle of each frame's own night; NaN where it is not known or does not matter."""
        rows = self._rows
        row, at = rows.in_core_by_air
        count = counts_of(row, rows=len(rows.night))
        found = np.full(len(count), math.nan)
        told = np.flatnonzero(count)
        found[told] = rows.table.by_air.air[at[(starts_of(count) + count // 2)[told]]]
        return found[rows.own]


def _rows_of(held: Ragged, rows: Ints) -> Ragged:
    row, place = places_of(held.counts[rows])
    return Ragged(held.values[starts_of(held.counts)[rows][row] + place], held.counts[rows])
