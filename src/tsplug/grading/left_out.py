"""Levels of comparable frames, each apart from itself, found for many frames at once.

Each frame's levels are those that `tsplug.grading.levels.Levels` finds of the others, to the last bit. One by one that
takes a few hundred steps for each frame; here each step is one of arrays, with a row for every night that somebody
asks for: a *whole* one for each trend with the air that is taken out, and each frame's *own* one without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np

from tsplug.grading.asked import Asked
from tsplug.grading.core_rows import Ints
from tsplug.grading.found_levels import FoundLevels, levels_found
from tsplug.grading.levels import Levels
from tsplug.grading.night_levels import Night, NightCore, Sample, Yardstick
from tsplug.grading.night_table import NightTable, night_table
from tsplug.grading.spells import NO_SPELLS, Spells

_AT_ONCE = 1 << 17
"""About how many numbers an array may have: so many frames are found together."""


class LevelsWithout(Levels):
    """The levels of all frames but one, as they were found with those of others; only its own night is asked for."""

    def __init__(
        self, found: FoundLevels, place: int, *, yardstick: Yardstick, asked: Asked, nights: Callable[[date], Night]
    ) -> None:
        self._yardstick = yardstick
        self._trend, self._spread, self._used = found.trend[place], found.spread[place], found.used[place]
        self._plan, self._nights_known = found.plan[place], found.known[place]
        core = NightCore((), found.own_used[place], found.own_level[place], True, found.own_air[place], ())
        self._known = {asked.night: core} if found.own_tells[place] else {}
        self._latest, self._is_spoiled = found.settled[place], found.is_spoiled[place]
        self._samples_of, self._sample = nights, asked.sample

    def _spells_of(self, night: date) -> Spells:
        rest = self._samples_of(night).without(self._sample) if self._is_spoiled else None
        return NO_SPELLS if rest is None else rest.spells(self._trend)

    def _settled(self) -> float:
        return self._latest


def levels_without(
    asked: Sequence[Asked],
    samples: Sequence[tuple[date, Sample]],
    *,
    yardstick: Yardstick,
    nights: Callable[[date], Night],
) -> Iterator[LevelsWithout]:
    """Yield for each of the samples asked for the levels of all others.

    Args:
        asked: of the samples.
        samples: each with its night; no two of them have one rank.
        yardstick: of the metric that these are harms of.
        nights: gives the samples of one night.
    """
    table = night_table(samples)
    step = max(1, _AT_ONCE // table.size)
    for begin in range(0, len(asked), step):
        part = asked[begin : begin + step]
        found = levels_found(table, yardstick, places=_places(table, part), newest=_newest(part))
        for place, each in enumerate(part):
            yield LevelsWithout(found, place, yardstick=yardstick, asked=each, nights=nights)


def _places(table: NightTable, asked: Sequence[Asked]) -> tuple[Ints, Ints]:
    found = [table.place_of[each.sample.rank] for each in asked]
    return np.array([night for night, _ in found]), np.array([place for _, place in found])


def _newest(asked: Sequence[Asked]) -> Ints:
    every = np.iinfo(np.int64).max
    return np.array([every if each.newest is None else each.newest for each in asked], dtype=np.int64)
