"""Samples of nights side by side, as arrays with a row for each night."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tsplug.grading.core_rows import Floats, Ints, within_rows
from tsplug.grading.night_levels import Sample


@dataclass(frozen=True)
class NightTable:
    """Samples by nights, each row filled up: harms with infinity, what goes with them with anything.

    Attributes:
        count: how many samples each night has.
        hours: the hours of the samples, sorted; with these go `harms`, `airs` (0 where unknown) and `ranks`.
        known: of how many samples the air is known.
        by_air: the known air coordinates, sorted; with these go `harms_by_air` and `hour_places`, each one's place
            among the hours.
        place_of: night and place among its hours by the ranks of the samples.
    """

    count: Ints
    hours: Floats
    harms: Floats
    airs: Floats
    ranks: Ints
    known: Ints
    by_air: Floats
    harms_by_air: Floats
    hour_places: Ints
    place_of: Mapping[int, tuple[int, int]]

    @property
    def size(self) -> int:
        """Return how many numbers one of the arrays has, and one night more."""
        return int((self.harms.shape[0] + 1) * self.harms.shape[1])


def night_table(samples: Sequence[tuple[date, Sample]]) -> NightTable:
    """Return samples as arrays; there is at least one, and no two of one rank."""
    numbers: dict[date, int] = {}
    night = np.array([numbers.setdefault(night, len(numbers)) for night, _ in samples])
    hour, harm, air, rank = (np.array(column) for column in zip(*(sample for _, sample in samples), strict=True))
    count = np.bincount(night)
    # One place more than the longest night has, so that those who leave one out may look beyond it.
    width = int(count.max()) + 1
    order = np.lexsort((rank, harm, hour, night))
    night, hour, harm, air, rank = (each[order] for each in (night, hour, harm, air, rank))
    place = within_rows(night, count)

    def filled(values: np.ndarray, at: tuple[Ints, Ints], *, rest: float) -> np.ndarray:
        found = np.full((len(count), width), rest, dtype=values.dtype)
        found[at] = values
        return found

    is_known = np.isfinite(air)
    told = np.flatnonzero(is_known)
    told = told[np.lexsort((harm[told], air[told], night[told]))]
    known = np.bincount(night[told], minlength=len(count))
    at, at_known = (night, place), (night[told], within_rows(night[told], known))
    return NightTable(
        count=count,
        hours=filled(hour, at, rest=math.inf),
        harms=filled(harm, at, rest=math.inf),
        airs=filled(np.where(is_known, air, 0.0), at, rest=0.0),
        ranks=filled(rank, at, rest=0),
        known=known,
        by_air=filled(air[told], at_known, rest=0.0),
        harms_by_air=filled(harm[told], at_known, rest=math.inf),
        hour_places=filled(place[told], at_known, rest=-1),
        place_of={int(rank[each]): (int(night[each]), int(place[each])) for each in range(len(rank))},
    )
