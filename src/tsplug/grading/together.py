"""Nights taken together, and one more: what all frames of a night are held against is found once, not for each.

Whoever judges every frame of a plan apart from itself leaves one sample out of one night. All other nights stay what
they are, so their slopes and residuals are sorted once for each trend, and those of the frame's own night looked up
among them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tsplug.grading.night_levels import Night, NightCore

_REMEMBERED = 64


@dataclass(frozen=True)
class Together:
    """What nights show with one trend taken out.

    Attributes:
        cores: what each shows.
        known: those of ``cores`` that tell how their night is.
        residuals: how far the newest samples lie from their night's level, sorted.
        used: how many samples belong to the cores.
    """

    cores: dict[date, NightCore]
    known: dict[date, NightCore]
    residuals: Sequence[float]
    used: int

    @classmethod
    def of(cls, cores: dict[date, NightCore]) -> Together:
        """Return what cores show together."""
        return cls(
            cores=cores,
            known={night: core for night, core in cores.items() if core.tells},
            residuals=sorted(residual for core in cores.values() for residual in core.residuals),
            used=sum(core.used for core in cores.values()),
        )


class Nights:
    """The nights of a plan by their dates; what they show together is remembered."""

    def __init__(self, nights: Mapping[date, Night]) -> None:
        self._nights = nights
        self._others: dict[date, Nights] = {}
        self._found: dict[float, Together] = {}
        self._slopes: dict[float, list[float]] = {}
        self._settled: dict[float, float] = {}

    def __getitem__(self, night: date) -> Night:
        """Return the samples of one night."""
        return self._nights[night]

    def without(self, night: date) -> Nights:
        """Return all nights but one."""
        if night not in self._others:
            # The frames of a night are judged one after the other: what the last night's needed is needed no more.
            self._others.clear()
            self._others[night] = Nights({each: held for each, held in self._nights.items() if each != night})
        return self._others[night]

    def settled(self, trend: float) -> float:
        """Return the latest hour from which nights are settled, when so much growth per unit of air is taken out."""
        found = self._settled.get(trend)
        if found is None:
            if len(self._settled) >= _REMEMBERED:
                self._settled.clear()
            hours = (night.spells(trend).settled for night in self._nights.values())
            found = self._settled[trend] = max(hours, default=-math.inf)
        return found

    def slopes(self, trend: float) -> Sequence[float]:
        """Return how harms grow with the air, of all nights, sorted: pairs of the cores that a trend leads to."""
        found = self._slopes.get(trend)
        if found is None:
            if len(self._slopes) >= _REMEMBERED:
                self._slopes.clear()
            found = sorted(slope for night in self._nights.values() for slope in night.slopes(trend))
            self._slopes[trend] = found
        return found

    def at(self, trend: float) -> Together:
        """Return what the nights show when so much growth per unit of air is taken out."""
        found = self._found.get(trend)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = Together.of({date_: night.at(trend) for date_, night in self._nights.items()})
            self._found[trend] = found
        return found


def middle_of_both(many: Sequence[float], few: Sequence[float]) -> float:
    """Return the median of two sorted lists of numbers together; at least one is not empty.

    It is found by bisection, and is to the last bit what a list of all of them has.
    """
    last = len(many) + len(few) - 1
    low, high = _at(many, few, place=last // 2), _at(many, few, place=(last + 1) // 2)
    return low if low == high else (low + high) / 2.0


def _at(many: Sequence[float], few: Sequence[float], *, place: int) -> float:
    """Return the number at a place of both lists, sorted together."""
    least, most = max(0, place + 1 - len(many)), min(place + 1, len(few))
    while least < most:
        taken = (least + most) // 2
        if few[taken] < many[place - taken]:
            least = taken + 1
        else:
            most = taken
    rest = place + 1 - least
    if not least:
        return many[rest - 1]
    return max(few[least - 1], many[rest - 1]) if rest else few[least - 1]
