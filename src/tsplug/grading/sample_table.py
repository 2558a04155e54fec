"""Samples of many crowds side by side, night by night, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from tsplug.grading.core_rows import NO_GAP, Standards
from tsplug.grading.night_levels import Sample, Yardstick
from tsplug.grading.ragged import Floats, Ints, Truths, counts_of, starts_of

Samples = Sequence[tuple[date, Sample]]


class Measures(NamedTuple):
    """What of `Yardstick` is asked of many samples, for each crowd."""

    standards: Standards
    steepest: Floats
    sampled: Floats
    seeing: Truths

    @classmethod
    def of(cls, yardsticks: Sequence[Yardstick]) -> Measures:
        """Return yardsticks as arrays."""

        def column(name: str) -> Floats:
            return np.array([getattr(each, name) for each in yardsticks], dtype=np.float64)

        standards = Standards(*map(column, Standards._fields))
        seeing = np.array([each.seeing for each in yardsticks], dtype=bool)
        return cls(standards, column("steepest"), column("sampled"), seeing)


class ByAir(NamedTuple):
    """The samples of each night of which the air is known, sorted by it: from where on, how many, air and harm."""

    start: Ints
    counts: Ints
    air: Floats
    harm: Floats


@dataclass(frozen=True)
class SampleTable:
    """Samples of crowds; a crowd's nights lie side by side, and in each night its samples by their hours.

    Attributes:
        measures: of the crowds.
        size: how many samples each crowd has.
        nights: how many nights each crowd has, and `first_night` which is its first.
        crowd: to which each night belongs.
        start: where each night begins among the samples, and `count` how many it has.
        night: to which each sample belongs; with it go `hour`, `harm`, `air` (0 where unknown) and `rank`.
        air_place: the place of each sample among those of its night by their air, `NO_GAP` where it is unknown.
        by_air: the samples by their air.
        given: which sample each is of those that were given, one crowd after the other.
    """

    measures: Measures
    size: Ints
    nights: Ints
    first_night: Ints
    crowd: Ints
    start: Ints
    count: Ints
    night: Ints
    hour: Floats
    harm: Floats
    air: Floats
    rank: Ints
    air_place: Ints
    by_air: ByAir
    given: Ints


def sample_table(crowds: Sequence[Samples], yardsticks: Sequence[Yardstick]) -> SampleTable:
    """Return samples as arrays; each crowd has at least one, and no two of one rank."""
    numbered, nights, crowd_of_night = 0, [], []
    night_of: list[int] = []
    for place, samples in enumerate(crowds):
        numbers: dict[date, int] = {}
        night_of += [numbered + numbers.setdefault(night, len(numbers)) for night, _ in samples]
        numbered += len(numbers)
        nights.append(len(numbers))
        crowd_of_night += [place] * len(numbers)
    told = np.array([sample for samples in crowds for _, sample in samples], dtype=np.float64)
    night, count = np.array(night_of), np.bincount(night_of)
    hour, harm, air, rank = told.T
    order = np.lexsort((rank, harm, hour, night))
    night, hour, harm, air, rank = (each[order] for each in (night, hour, harm, air, rank))
    by_air, air_place = _by_air(night, air=air, harm=harm, nights=numbered)
    given = np.empty_like(order)
    given[order] = np.arange(len(order))
    return SampleTable(
        measures=Measures.of(yardsticks),
        size=np.array([len(samples) for samples in crowds]),
        nights=np.array(nights),
        first_night=starts_of(np.array(nights)),
        crowd=np.array(crowd_of_night),
        start=starts_of(count),
        count=count,
        night=night,
        hour=hour,
        harm=harm,
        air=np.where(np.isfinite(air), air, 0.0),
        rank=rank.astype(np.int64),
        air_place=air_place,
        by_air=by_air,
        given=given,
    )


def _by_air(night: Ints, *, air: Floats, harm: Floats, nights: int) -> tuple[ByAir, Ints]:
    """Return the samples of known air, sorted by it, and the place of each sample among those of its night."""
    known = np.flatnonzero(np.isfinite(air))
    known = known[np.lexsort((harm[known], air[known], night[known]))]
    count = counts_of(night[known], rows=nights)
    start = starts_of(count)
    place = np.full(len(air), NO_GAP)
    place[known] = np.arange(len(known)) - start[night[known]]
    return ByAir(start, count, air[known], harm[known]), place
