"""Runs of samples in which something is possible, along the last axis of masks of any shape."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import IndexArray, Mask

_KIND = np.int16
# A night has at most 1501 samples.


def run_ends(mask: Mask) -> IndexArray:
    """Return for every sample the last one of the unbroken run it lies in; -1 where the mask is false."""
    size = mask.shape[-1]
    places = np.arange(size, dtype=_KIND)
    stops = np.where(mask, _KIND(size), places)
    following = np.minimum.accumulate(stops[..., ::-1], axis=-1)[..., ::-1]
    return np.asarray(np.where(mask, following - _KIND(1), _KIND(-1)))


def next_true(mask: Mask) -> IndexArray:
    """Return for every sample the first true one at or after it; the number of samples where none follows."""
    size = mask.shape[-1]
    hits = np.where(mask, np.arange(size, dtype=_KIND), _KIND(size))
    return np.asarray(np.minimum.accumulate(hits[..., ::-1], axis=-1)[..., ::-1])


def lasts(ends: IndexArray, samples: IndexArray | int) -> Mask:
    """Return where a run goes on for at least so many samples more (one number, or one for each run of masks)."""
    wanted = np.minimum(np.asarray(samples), ends.shape[-1]).astype(_KIND)
    left = ends - np.arange(ends.shape[-1], dtype=_KIND)
    return np.asarray((ends >= 0) & (left >= wanted))


def any_of_each(masks: Mask, counts: IndexArray) -> Mask:
    """Return for groups of consecutive masks where any of each group is true.

    Args:
        masks: a row for each mask.
        counts: how many rows each group has, at least one.
    """
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    found = masks[first]
    for place in range(1, int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > place)
        found[longer] |= masks[first[longer] + place]
    return np.asarray(found)
