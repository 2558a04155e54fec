"""One night's part of what is usual: its core, its level, how its harms grow with the air.

All of it depends on the night's own samples and on the trend with the air that is taken out, on nothing of other
nights. So a night remembers what it was asked, and those who judge every frame of a plan, each apart from itself, ask
all nights but the frame's own for what they know already.

Lists here are sorted and cores stretches of them, so a median is a look-up and a deviation a bisection.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

from tsplug.grading.spells import NIGHT_FRAMES, NIGHT_HOURS, NO_SPELLS, Spells, spells_of

T = TypeVar("T")

MAD_TO_SIGMA = 1.4826
"""Turns the median absolute deviation into the standard deviation of a normal distribution."""

CORE_SIGMA = 3.0
PASSES = 20
LEAST_STEP = 0.03
_REMEMBERED = 64
ODD = 2
_FEW = 40


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What a metric may do without a frame being bad, in harms; each is itself alone, so that finding by it is quick.

    Attributes:
        floor: the least standard deviation that may be claimed of it.
        ceiling: the largest that good frames have.
        swing: how much worse than the plan's usual a whole night may be.
        young: what is granted beyond the spread while only a short stretch of the plan's first night is known.
        steepest: the largest growth per unit of the air coordinate that is put down to the air.
        majority: the part of a night's frames that must be at its level or better. Where a superb spell leaves the
            ordinary frames outside, their level counts. 0 for what has a best that nothing surpasses, as stars under a
            clear sky have: then a night that is mostly clouded still shows what a clear one is.
        seeing: whether seeing changes it, so that a long enough part of a night has a level of its own.
        sampled: what the pixels can just show: what is better sets no better standard than this.
        ordinary: what ordinary air makes of stars, for pixels of one second of arc: coarse pixels hide no more.
        lasting: the same for the pixels at hand, where their scale is known. What lasts may be usual up to there,
            however much better its night was before, as long as no other night is known.
        better: which part of the frames, the best of them, the search for the level begins with.
        undisturbed: whether frames that the equipment disturbed set no standard for it.
    """

    floor: float
    ceiling: float
    swing: float
    young: float
    steepest: float
    majority: float = 0.6
    better: float = 0.5
    undisturbed: bool = False
    seeing: bool = False
    sampled: float = -math.inf
    ordinary: float = math.inf
    lasting: float = -math.inf

    def at(self, pixel_arcsec: float | None) -> Yardstick:
        """Return the yardstick for pixels of a scale: the same one where the scale does not matter, or is not known."""
        if pixel_arcsec is None or math.isinf(self.sampled):
            return self
        ordinary = self.ordinary - math.log(pixel_arcsec)
        return _scaled(self, sampled=min(self.sampled, ordinary), lasting=ordinary)

    def unhidden(self) -> Yardstick:
        """Return the yardstick as if pixels could show everything."""
        return _scaled(self, sampled=-math.inf, lasting=-math.inf)

    def shown(self, harm: float) -> float:
        """Return a harm as pixels can show it."""
        return max(harm, self.sampled)

    def worst(self, usual: float) -> float:
        """Return what a whole night may come to where the plan's frames usually measure a harm.

        Frames lose their worth from what they measure. Pixels may hide that usual ones are worse, but no more than
        ordinary air is granted for that: the swing does not go on from there.
        """
        hidden = self.shown(usual) + self.swing
        return max(usual + self.swing, hidden if math.isinf(self.lasting) else min(hidden, self.lasting))

    def within(self, deviation: float) -> float:
        """Return a standard deviation within what may be claimed."""
        if deviation < self.floor:
            deviation = self.floor
        return min(deviation, self.ceiling)


@lru_cache(maxsize=64)
def _scaled(yardstick: Yardstick, *, sampled: float, lasting: float) -> Yardstick:
    return replace(yardstick, sampled=sampled, lasting=lasting)


class Sample(NamedTuple):
    """A comparable frame: hours since any moment, harm, air coordinate (NaN where unknown), and its age.

    ``rank`` counts the comparable frames that are newer: the spread rests on the newest alone.
    """

    hour: float
    harm: float
    air: float
    rank: int


class NightCore(NamedTuple):
    """What a night's samples show with a trend taken out.

    Attributes:
        flat: all harms, sorted.
        used: how many belong to the core.
        level: the median of the core, also where pixels show less.
        tells: whether the core tells how the night is.
        air: the air coordinate in the middle of the core; NaN where the air is not known or does not matter.
        residuals: how far the newest of the core lie from the level, sorted.
    """

    flat: Sequence[float]
    used: int
    level: float
    tells: bool
    air: float
    residuals: Sequence[float]


class _Flat(NamedTuple):
    """Harms with a trend taken out: by the samples' hours, sorted, and where of these the core begins and ends."""

    by_hour: Sequence[float]
    ordered: Sequence[float]
    begin: int
    end: int


class Night:
    """The samples of one night.

    Args:
        samples: at least one, in any order.
        newest: the spread rests on samples of ranks below this; None takes all.
    """

    def __init__(self, samples: Sequence[Sample], yardstick: Yardstick, *, newest: int | None = None) -> None:
        by_hour = sorted(samples, key=_by_hour)
        self._yardstick = yardstick
        self._newest = newest
        # Lists side by side, since a night is gone through many thousand times; unknown air changes no harm.
        self._hours = [each.hour for each in by_hour]
        self._harms = [each.harm for each in by_hour]
        self._airs = [each.air if math.isfinite(each.air) else 0.0 for each in by_hour]
        self._ranks = [each.rank for each in by_hour]
        self._ordered = sorted(self._harms)
        self._by_air = sorted((each.air, each.harm) for each in samples if math.isfinite(each.air))
        self._forget()

    def _forget(self) -> None:
        self._flat: dict[float, _Flat] = {}
        self._known: dict[float, NightCore] = {}
        self._slopes: dict[float, list[float]] = {}
        self._spells: dict[float, Spells] = {}

    def without(self, sample: Sample) -> Night | None:
        """Return the night without one of its samples, None where nothing is left."""
        if len(self._harms) == 1:
            return None
        rest = object.__new__(Night)
        rest._yardstick, rest._newest = self._yardstick, self._newest
        # What is sorted stays so where one is taken out.
        place = self._ranks.index(sample.rank)
        rest._hours, rest._harms = _without(self._hours, place), _without(self._harms, place)
        rest._airs, rest._ranks = _without(self._airs, place), _without(self._ranks, place)
        rest._ordered = _without(self._ordered, bisect_left(self._ordered, sample.harm))
        rest._by_air = self._by_air
        if math.isfinite(sample.air):
            rest._by_air = _without(self._by_air, bisect_left(self._by_air, (sample.air, sample.harm)))
        rest._forget()
        return rest

    def slopes(self, trend: float) -> Sequence[float]:
        """Return how the harms of pairs grow with the air, sorted: pairs of the core that a trend leads to."""
        return _remembered(self._slopes, trend, find=self._slopes_found)

    def at(self, trend: float) -> NightCore:
        """Return what the samples show when so much growth per unit of air is taken out."""
        return _remembered(self._known, trend, find=self._found)

    def spells(self, trend: float) -> Spells:
        """Return the parts of the night that were worse, when so much growth per unit of air is taken out."""
        return _remembered(self._spells, trend, find=self._spells_found) if self._yardstick.seeing else NO_SPELLS

    def _spells_found(self, trend: float) -> Spells:
        flat = self._flattened(trend)
        by_hour = list(zip(self._hours, flat.by_hour, strict=True))
        return spells_of(by_hour, flat.ordered[flat.end - 1], level_of=self._level_of)

    def _slopes_found(self, trend: float) -> list[float]:
        return _slopes(self._in_core(self._flattened(trend), trend))

    def _flattened(self, trend: float) -> _Flat:
        found = self._flat.get(trend)
        if found is None:
            harms, ordered = self._harms, self._ordered
            if trend:
                harms = [harm - trend * air for harm, air in zip(harms, self._airs, strict=True)]
                ordered = sorted(harms)
            found = _Flat(harms, ordered, *core_of(ordered, self._yardstick))
            if len(self._flat) >= _REMEMBERED:
                self._flat.clear()
            self._flat[trend] = found
        return found

    def _found(self, trend: float) -> NightCore:
        flat = self._flattened(trend)
        _, ordered, begin, end = flat
        level = middle(ordered, begin, end=end)
        by_air = self._in_core(flat, trend)
        return NightCore(
            flat=ordered,
            used=end - begin,
            level=level,
            tells=end - begin >= NIGHT_FRAMES and self._lasts(flat),
            air=by_air[len(by_air) // 2][0] if by_air else math.nan,
            residuals=self._residuals(flat, self._yardstick.shown(level)),
        )

    def _residuals(self, flat: _Flat, level: float) -> list[float]:
        harms, ordered, begin, end = flat
        newest, shown = self._newest, self._yardstick.shown
        if newest is None or newest > max(self._ranks):
            return sorted([abs(shown(harm) - level) for harm in ordered[begin:end]])
        low, high = ordered[begin], ordered[end - 1]
        held = zip(harms, self._ranks, strict=True)
        return sorted([abs(shown(harm) - level) for harm, rank in held if rank < newest and low <= harm <= high])

    def _lasts(self, flat: _Flat) -> bool:
        """Return whether the core is spread over long enough."""
        harms, ordered, begin, end = flat
        low, high = ordered[begin], ordered[end - 1]
        first, last = 0, len(harms) - 1
        while not low <= harms[first] <= high:
            first += 1
        while not low <= harms[last] <= high:
            last -= 1
        return self._hours[last] - self._hours[first] >= NIGHT_HOURS

    def _level_of(self, flat: Sequence[float]) -> float:
        begin, end = core_of(flat, self._yardstick)
        return middle(flat, begin, end=end)

    def _in_core(self, flat: _Flat, trend: float) -> list[tuple[float, float]]:
        """Return air and harm of the core's samples, sorted; none where the air does not matter."""
        if self._yardstick.steepest <= 0:
            return []
        if flat.end - flat.begin == len(flat.ordered):
            return self._by_air
        low, high = flat.ordered[flat.begin], flat.ordered[flat.end - 1]
        return [pair for pair in self._by_air if low <= pair[1] - trend * pair[0] <= high]


def _without(values: list[T], place: int) -> list[T]:
    rest = values.copy()
    del rest[place]
    return rest


def _by_hour(sample: Sample) -> tuple[float, float, int]:
    return sample.hour, sample.harm, sample.rank


def _remembered(known: dict[float, T], trend: float, *, find: Callable[[float], T]) -> T:
    found = known.get(trend)
    if found is None:
        # Every trend may be another one: what is remembered must not grow with the plan.
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[trend] = find(trend)
    return found


def _slopes(by_air: Sequence[tuple[float, float]]) -> list[float]:
    """Pair each sample with the one half the list away, by their air.

    Theil-Sen in its incomplete form, whose cost grows with the samples and not with their square.
    """
    half = (len(by_air) + 1) // 2
    found = [
        (harm - least_harm) / (air - least_air)
        for (least_air, least_harm), (air, harm) in zip(by_air, by_air[half:], strict=False)
        if air - least_air >= LEAST_STEP
    ]
    found.sort()
    return found


def core_of(flat: Sequence[float], yardstick: Yardstick) -> tuple[int, int]:
    """Return where the usual ones of sorted harms begin and end.

    They lie within reach of the better half, or of the better half of what that leaves.
    """
    begin, end = 0, _grown(flat, yardstick, begin=0)
    while end / len(flat) < yardstick.majority:
        begin = end
        end = _grown(flat, yardstick, begin=begin)
    return begin, end


def middle(ordered: Sequence[float], begin: int = 0, *, end: int | None = None) -> float:
    """Return the median of a stretch of sorted numbers."""
    last = (len(ordered) if end is None else end) - 1
    low, high = ordered[(begin + last) // 2], ordered[(begin + last + 1) // 2]
    return low if low == high else (low + high) / 2.0


def middle_without(ordered: Sequence[float], left_out: int | None, *, end: int) -> float:
    """Return the median of the first so many sorted numbers, one of the numbers left out by its place."""
    low, high = (end - 1) // 2, end // 2
    if left_out is not None:
        low, high = low + (left_out <= low), high + (left_out <= high)
    return (ordered[low] + ordered[high]) / 2.0


def _grown(flat: Sequence[float], yardstick: Yardstick, *, begin: int) -> int:
    """Return the end of what lies within reach of the better half of sorted harms from a place on."""
    last = len(flat) - begin - 1
    # Two frames that are better than can be, as failed measurements are, set no standard.
    start = flat[begin + max(int(last * yardstick.better), min(last // 2, ODD))]
    end, within = bisect_right(flat, start), yardstick.within
    for _ in range(PASSES):
        centre = middle(flat, begin, end=end)
        deviation = _absolute_deviation(flat, centre, bounds=(begin, end))
        edge = centre + CORE_SIGMA * within(MAD_TO_SIGMA * deviation)
        if edge < start:
            edge = start
        if flat[end - 1] <= edge and (end == len(flat) or flat[end] > edge):
            break
        end = bisect_right(flat, edge)
    return end


def _absolute_deviation(flat: Sequence[float], centre: float, *, bounds: tuple[int, int]) -> float:
    """Return the median distance of a stretch of sorted numbers from a centre."""
    begin, end = bounds
    if end - begin <= _FEW:
        # Two runs that are sorted already: for so few that is quicker than to find the middle among them.
        return middle(sorted([abs(each - centre) for each in flat[begin:end]]))
    last, split = end - begin - 1, bisect_right(flat, centre, begin, end)
    low = _distance(flat, centre, place=last // 2, stretch=(begin, split, end))
    if last % 2 == 0:
        return low
    return (low + _distance(flat, centre, place=(last + 1) // 2, stretch=(begin, split, end))) / 2.0


def _distance(flat: Sequence[float], centre: float, *, place: int, stretch: tuple[int, int, int]) -> float:
    """Return the distance at a place among all distances from the centre, sorted.

    Those to the left of the centre and those to the right are sorted already; how many of the nearest lie on the left
    is found by bisection.
    """
    begin, split, end = stretch
    wanted = place + 1
    least, most = max(0, wanted - (end - split)), min(wanted, split - begin)
    while least < most:
        left = (least + most) // 2
        if centre - flat[split - 1 - left] < flat[split + wanted - left - 1] - centre:
            least = left + 1
        else:
            most = left
    right = wanted - least
    on_left = centre - flat[split - least] if least else 0.0
    on_right = flat[split + right - 1] - centre if right else 0.0
    return max(on_left, on_right)
