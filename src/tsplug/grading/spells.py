"""Parts of a night that were worse than its level: a spell that passed, or how the night had become."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

NIGHT_FRAMES = 5
"""So many frames tell how a night is."""

NIGHT_HOURS = 1.25
"""Over so many hours they must be spread: an hour of superb seeing does not tell how a night is."""

_APART_H = 0.5
_INTERRUPTED = 2


class Spell(NamedTuple):
    """A part of a night that was worse all along: the hours when it began and ended, its level, and whether it tells.

    It tells how the night had become if it lasted long enough.
    """

    begin: float
    end: float
    level: float
    tells: bool


class Spells(NamedTuple):
    """The worse parts of a night by time, and the hour from which it is not known yet whether it is worse for good."""

    parts: Sequence[Spell]
    settled: float

    def at(self, hour: float) -> Spell | None:
        """Return the part that a frame of this hour belongs to, whether or not it is a sample."""
        return next((each for each in self.parts if each.begin - _APART_H <= hour <= each.end + _APART_H), None)


NO_SPELLS = Spells((), -math.inf)


def is_told(hours: Sequence[float]) -> bool:
    """Return whether frames begun at these hours are enough, over long enough, to tell how a night is."""
    return len(hours) >= NIGHT_FRAMES and max(hours) - min(hours) >= NIGHT_HOURS


def spells_of(
    by_hour: Sequence[tuple[float, float]], high: float, *, level_of: Callable[[Sequence[float]], float]
) -> Spells:
    """Return the parts of a night beyond its core; a single sample within the core interrupts none.

    Args:
        by_hour: hour and harm of the night's samples, sorted.
        high: the largest harm of the core.
        level_of: gives the level of sorted harms.
    """
    found: list[list[tuple[float, float]]] = []
    settled, since = -math.inf, _INTERRUPTED
    for place, (hour, harm) in enumerate(by_hour):
        if harm <= high:
            since += 1
            settled = hour if since >= _INTERRUPTED else settled
        elif since >= _INTERRUPTED:
            found.append([by_hour[place]])
            since = 0
        else:
            found[-1].append(by_hour[place])
            since = 0
    return Spells([_spell(each, level_of) for each in found], settled)


def _spell(worse: Sequence[tuple[float, float]], level_of: Callable[[Sequence[float]], float]) -> Spell:
    hours = [hour for hour, _ in worse]
    return Spell(hours[0], hours[-1], level_of(sorted(harm for _, harm in worse)), is_told(hours))
