"""Medians of what all nights of a crowd have, a frame's own night without that frame."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tsplug.grading.core_rows import NO_GAP, Rows
from tsplug.grading.ragged import Floats, Ints, Ragged, Truths, counts_of, places_of, starts_of

_FEW = 256
"""So many numbers are sorted for each frame; among more the middle is looked for, where frames share them."""


class Sets(NamedTuple):
    """Numbers of whole nights that frames share: rows of nights, and to which set each row belongs, in order."""

    rows: Ragged
    set_of: Ints
    sets: int

    @property
    def sizes(self) -> Ints:
        """Return how many numbers each set has."""
        return np.bincount(self.set_of, weights=self.rows.counts, minlength=self.sets).astype(np.int64)


class Frames(NamedTuple):
    """For each frame which set it shares, which row of it is its own night, and what this has without the frame."""

    set_of: Ints
    own_row: Ints
    own: Ragged


class _Stretch(NamedTuple):
    """Of each set from which place on, before which, and how many of the frame's own row lie before it."""

    begin: Ints
    end: Ints
    own_before: Ints


def medians_of_others(sets: Sets, frames: Frames) -> tuple[Floats, Ints]:
    """Return for each frame the median of its set, its own row replaced, and of how many numbers; 0 of none."""
    size = sets.sizes
    taken, added = sets.rows.counts[frames.own_row], frames.own.counts
    count = size[frames.set_of] - taken + added
    low, high = (count - 1) // 2, count // 2
    shares = counts_of(frames.set_of, rows=sets.sets)
    is_large = ((size > _FEW) & (shares > 1))[frames.set_of]
    label, _ = places_of(sets.rows.counts)
    values, stretch = sets.rows.values, _Stretch(np.zeros_like(low), size[frames.set_of], np.zeros_like(low))
    if is_large.any():
        order = np.lexsort((values, sets.set_of[label]))
        values, label = values[order], label[order]
        stretch = _middle_stretch(sets, frames, label=label, reach=(low, high), is_large=is_large)
    begin = starts_of(size)[frames.set_of]
    held = _held(values, label, frames=frames, bounds=(begin + stretch.begin, begin + stretch.end)).sorted()
    if not len(held.values):
        return np.zeros(len(count)), count
    start = starts_of(held.counts) - stretch.begin + stretch.own_before
    least, most = (held.values.take(start + place, mode="clip") for place in (low, high))
    return np.where(count > 0, np.where(least == most, least, (least + most) / 2.0), 0.0), count


def _middle_stretch(sets: Sets, frames: Frames, *, label: Ints, reach: tuple[Ints, Ints], is_large: Truths) -> _Stretch:
    """Return between which places of their sorted sets the medians of frames lie, whatever their own rows have.

    What lies so many places lower as a frame's own row has numbers is no larger than the median, wherever these belong,
    and what lies so many places higher as are taken out is no smaller.
    """
    sizes, taken = sets.sizes, sets.rows.counts[frames.own_row]
    begin = np.where(is_large, np.maximum(0, reach[0] - frames.own.counts), 0)
    end = np.where(is_large, np.minimum(sizes[frames.set_of], reach[1] + taken + 1), sizes[frames.set_of])
    # Where the numbers of each row stand among the sorted ones of its set.
    by_row = np.argsort(label, kind="stable")
    places = (by_row - starts_of(sizes)[sets.set_of[label[by_row]]]).astype(np.float64)
    own = Rows(places, starts_of(sets.rows.counts)[frames.own_row], taken, np.full_like(taken, NO_GAP))
    return _Stretch(begin, end, own.up_to(begin - 0.5))


def _held(values: Floats, label: Ints, *, frames: Frames, bounds: tuple[Ints, Ints]) -> Ragged:
    """Return for each frame the numbers of a stretch that are not of its own row, and those of its own."""
    row, place = places_of(bounds[1] - bounds[0])
    index = bounds[0][row] + place
    others = label[index] != frames.own_row[row]
    row, index = row[others], index[others]
    among = counts_of(row, rows=len(frames.own_row))
    counts = among + frames.own.counts
    found, start = np.empty(int(counts.sum())), starts_of(counts)
    found[start[row] + np.arange(len(row)) - starts_of(among)[row]] = values[index]
    row, place = places_of(frames.own.counts)
    found[(start + among)[row] + place] = frames.own.values
    return Ragged(found, counts)
