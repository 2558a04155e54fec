"""What the levels of a plan come to for each of many frames that are left out, in arrays.

The rules are those of `tsplug.grading.levels` and `tsplug.grading.night_levels`, where their reasons stand.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsplug.grading.core_rows import (
    Floats,
    Ints,
    Rows,
    claimed,
    cores_of,
    rows_of,
    sorted_rows,
    within_rows,
)
from tsplug.grading.levels import PAIRS, TREND_PASSES
from tsplug.grading.night_levels import LEAST_STEP, MAD_TO_SIGMA, Yardstick
from tsplug.grading.night_table import NightTable
from tsplug.grading.spells import NIGHT_FRAMES, NIGHT_HOURS

Truths = NDArray[np.bool_]


class FoundLevels(NamedTuple):
    """The levels for each frame that is left out; those of its own night are without it."""

    trend: list[float]
    spread: list[float]
    used: list[int]
    plan: list[float]
    known: list[int]
    settled: list[float]
    own_used: list[int]
    own_level: list[float]
    own_tells: list[bool]
    own_air: list[float]
    is_spoiled: list[bool]


def levels_found(table: NightTable, yardstick: Yardstick, *, places: tuple[Ints, Ints], newest: Ints) -> FoundLevels:
    """Return the levels for frames left out.

    Args:
        table: all samples.
        yardstick: what their metric may do.
        places: night, and place among its hours, of each that is left out.
        newest: for each, below which rank the newest of the others are.
    """
    frames = _Frames(*places, newest)
    trend = np.zeros(len(newest))
    for _ in range(TREND_PASSES if yardstick.steepest > 0 else 0):
        trend = _Nights(table, yardstick, frames=frames, trend=trend).steeper()
    nights = _Nights(table, yardstick, frames=frames, trend=trend)
    settled, is_spoiled = nights.settled()
    own = nights.own
    return FoundLevels(
        trend=trend.tolist(),
        spread=nights.spread().tolist(),
        used=nights.summed(nights.used).tolist(),
        plan=nights.plan().tolist(),
        known=nights.summed(nights.tells).tolist(),
        settled=settled.tolist(),
        own_used=nights.used[own].tolist(),
        own_level=nights.level[own].tolist(),
        own_tells=nights.tells[own].tolist(),
        own_air=nights.own_air().tolist(),
        is_spoiled=is_spoiled.tolist(),
    )


class _Frames(NamedTuple):
    night: Ints
    place: Ints
    newest: Ints


class _Nights:
    """Nights with trends taken out, in rows: first whole ones that are needed, then the frames' own without them."""

    def __init__(self, table: NightTable, yardstick: Yardstick, *, frames: _Frames, trend: Floats) -> None:
        self._table, self._yardstick, self._frames = table, yardstick, frames
        trends, self._trend_of = np.unique(trend, return_inverse=True)
        is_needed = self._is_needed(len(trends))
        trend_of_whole, night_of_whole = np.nonzero(is_needed)
        # Which row is that of a trend and a night; of those that nobody needs it is any.
        self._row_of = is_needed.ravel().cumsum().reshape(is_needed.shape) - is_needed
        self.own = slice(len(night_of_whole), len(night_of_whole) + len(trend))
        self._night = np.concatenate([night_of_whole, frames.night])
        self._trend = np.concatenate([trends[trend_of_whole], trend])[:, None]
        count = table.count[self._night]
        count[self.own] -= 1
        self._harms = table.harms[self._night] - self._trend * table.airs[self._night]
        self._harms[np.arange(self.own.start, self.own.stop), frames.place] = math.inf
        flat = sorted_rows(self._harms.copy(), count)
        begin, end = cores_of(flat, yardstick)
        level = np.maximum(flat.middles(begin, end), yardstick.sampled)
        self.used, self.level = end - begin, np.where(count > 0, level, 0.0)
        # Nothing lies within the core of an empty row.
        self._low = np.where(count > 0, flat.at(begin), math.inf)[:, None]
        self._high = np.where(count > 0, flat.at(end - 1), -math.inf)[:, None]

    def _is_needed(self, trends: int) -> Truths:
        """Return with which trends some frame of another night needs each night."""
        nights = len(self._table.count)
        among = np.bincount(self._trend_of * nights + self._frames.night, minlength=trends * nights)
        of_trend = among.reshape(trends, nights)
        needed: Truths = of_trend.sum(axis=1, keepdims=True) > of_trend
        return needed

    @cached_property
    def _in_core(self) -> Truths:
        within: Truths = (self._harms >= self._low) & (self._harms <= self._high)
        return within

    @cached_property
    def _by_air(self) -> tuple[Ints, Ints, Ints]:
        """Return row and column of what lies within cores, by its air if that is known, and how many each row has."""
        table, night = self._table, self._night
        flat = table.harms_by_air[night] - self._trend * table.by_air[night]
        within = (flat >= self._low) & (flat <= self._high)
        within[self.own] &= table.hour_places[self._frames.night] != self._frames.place[:, None]
        row, column = np.nonzero(within)
        return row, column, np.bincount(row, minlength=len(night))

    @cached_property
    def tells(self) -> Truths:
        """Return whether cores are large enough, and spread over long enough, to tell how a night is."""
        rows, width = np.arange(len(self.used)), self._harms.shape[1]
        first, last = self._in_core.argmax(axis=1), width - 1 - self._in_core[:, ::-1].argmax(axis=1)
        hours = self._table.hours
        lasts = hours[self._night[rows], last] - hours[self._night[rows], first] >= NIGHT_HOURS
        found: Truths = (self.used >= NIGHT_FRAMES) & lasts
        return found

    def steeper(self) -> Floats:
        """Return the trend with the air that each frame finds in the cores of the others."""
        slopes = self._held_together(self._slopes())
        found = slopes.middles(np.zeros_like(slopes.counts), slopes.counts)
        found = np.where(found < 0.0, 0.0, found)
        found = np.where(found > self._yardstick.steepest, self._yardstick.steepest, found)
        return np.where(slopes.counts < PAIRS, 0.0, found)

    def _slopes(self) -> Rows:
        """Return how harms grow with the air in each row: each sample is paired with the one half the row away."""
        row, column, count = self._by_air
        half, place = (count + 1) // 2, within_rows(row, count)
        near = np.flatnonzero(place < (count - half)[row])
        far = near + half[row[near]]
        night = self._night[row]
        air, harm = self._table.by_air[night, column], self._table.harms_by_air[night, column]
        apart = air[far] - air[near]
        is_apart = apart >= LEAST_STEP
        row = row[near[is_apart]]
        return rows_of((harm[far] - harm[near])[is_apart] / apart[is_apart], row, count=len(count))

    def _held_together(self, rows: Rows) -> Rows:
        """Return for each frame what rows have of all nights, its own without it, sorted."""
        values, counts = self._for_each(rows.ordered), self._for_each(rows.counts)
        return sorted_rows(values.reshape(len(values), -1), counts.sum(axis=1))

    def _for_each(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each frame what rows have, by nights, its own without it."""
        found: NDArray[Any] = values[self._row_of[self._trend_of]]
        found[np.arange(len(found)), self._frames.night] = values[self.own]
        return found

    def summed(self, values: NDArray[Any]) -> Ints:
        """Return for each frame the sum over other nights and its own."""
        found: Ints = self._for_each(values).sum(axis=1)
        return found

    def spread(self) -> Floats:
        """Return the standard deviation within nights, from the newest frames."""
        shown = np.maximum(self._harms, self._yardstick.sampled)
        away = self._for_each(np.where(self._in_core, np.abs(shown - self.level[:, None]), math.inf))
        if self._frames.newest.min() <= self._table.ranks.max():
            away[self._for_each(self._table.ranks[self._night]) >= self._frames.newest[:, None, None]] = math.inf
        count = np.isfinite(away).sum(axis=(1, 2))
        deviation = sorted_rows(away.reshape(len(away), -1), count).middles(np.zeros_like(count), count)
        return claimed(MAD_TO_SIGMA * np.where(count > 0, deviation, 0.0), self._yardstick)

    def plan(self) -> Floats:
        """Return the level of the plan: the weighted median of nights that tell; where none does, that of all."""
        rows = np.arange(len(self._trend_of))
        levels, weights = self._for_each(self.level), self._for_each(np.where(self.tells, self.used, 0))
        order = np.where(weights > 0, levels, math.inf).argsort(axis=1, kind="stable")
        seen = np.take_along_axis(weights, order, axis=1).cumsum(axis=1)
        middle = (seen >= seen[:, -1:] / 2.0).argmax(axis=1)
        found: Floats = levels[rows, order[rows, middle]]
        unknown = np.flatnonzero(seen[:, -1] == 0)
        if len(unknown):
            found[unknown] = self._level_of_all(unknown)
        return found

    def _level_of_all(self, frames: Ints) -> Floats:
        held = self._for_each(self._harms)[frames].reshape(len(frames), -1)
        flat = sorted_rows(held, np.full(len(frames), self._table.count.sum() - 1))
        return np.maximum(flat.middles(*cores_of(flat, self._yardstick)), self._yardstick.sampled)

    def settled(self) -> tuple[Floats, Truths]:
        """Return from which hour on nights are settled, and whether the frame's own has worse parts.

        Two samples in a row within the core, or below it, settle a night; so does the first.
        """
        frames, here = self._frames, np.arange(len(self._trend_of))
        if not self._yardstick.seeing:
            return np.full(len(here), -math.inf), np.zeros(len(here), dtype=bool)
        is_good = self._harms <= self._high
        after_good = np.ones_like(is_good)
        after_good[:, 1:] = is_good[:, :-1]
        # What comes after a frame that is left out comes after the one before it.
        after_good[self.own.start + here, frames.place + 1] = after_good[self.own.start + here, frames.place]
        latest = np.where(is_good & after_good, self._table.hours[self._night], -math.inf).max(axis=1)
        settled = self._for_each(latest).max(axis=1)
        is_spoiled = (np.isfinite(self._harms) & ~is_good)[self.own].any(axis=1)
        return settled, is_spoiled

    def own_air(self) -> Floats:
        """Return the air in the middle of each frame's own night; NaN where it is not known or does not matter."""
        _, column, count = self._by_air
        found = np.full(len(count), math.nan)
        if self._yardstick.steepest > 0:
            told = np.flatnonzero(count)
            middle = (np.cumsum(count) - count + count // 2)[told]
            found[told] = self._table.by_air[self._night[told], column[middle]]
        return found[self.own]
