"""The levels of all frames but one, as arrays have found them for many frames at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from tsplug.grading.asked import Question
from tsplug.grading.levels import Levels
from tsplug.grading.night_levels import NightCore
from tsplug.grading.spells import NO_SPELLS, Spells


class _Level(NamedTuple):
    """One frame's part of `tsplug.grading.found_levels.FoundLevels`."""

    trend: float
    spread: float
    used: int
    plan: float
    known: int
    settled: float
    own_used: int
    own_level: float
    own_tells: bool
    own_air: float
    is_spoiled: bool


class LevelsWithout(Levels):
    """The levels of all frames but one, as they were found with those of others; only its own night is asked for.

    Args:
        found: what `tsplug.grading.found_levels.FoundLevels` has of the frame.
        question: what they were found for.
    """

    def __init__(self, found: Sequence[Any], question: Question) -> None:
        self._yardstick, asked = question.held.yardstick, question.asked
        level = _Level._make(found)
        self._trend, self._spread, self._used = level.trend, level.spread, level.used
        self._plan, self._nights_known = level.plan, level.known
        core = NightCore((), level.own_used, level.own_level, True, level.own_air, ())
        self._known = {asked.night: core} if level.own_tells else {}
        self._latest, self._is_spoiled = level.settled, level.is_spoiled
        self._samples_of, self._sample = question.held.night, asked.sample

    def _spells_of(self, night: date) -> Spells:
        rest = self._samples_of(night).without(self._sample) if self._is_spoiled else None
        return NO_SPELLS if rest is None else rest.spells(self._trend)

    def _settled(self) -> float:
        return self._latest
