"""Runs of samples in which something is possible."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import IndexArray, Mask


def run_ends(mask: Mask) -> IndexArray:
    """Return for every sample the last one of the unbroken run it lies in; -1 where the mask is false."""
    last = len(mask) - 1
    stops = np.where(mask, last + 1, np.arange(len(mask)))
    following_stop = np.minimum.accumulate(stops[::-1])[::-1]
    return np.where(mask, following_stop - 1, -1)


def next_true(mask: Mask) -> IndexArray:
    """Return for every sample the first true one at or after it; the mask's length where none follows."""
    hits = np.where(mask, np.arange(len(mask)), len(mask))
    return np.asarray(np.minimum.accumulate(hits[::-1])[::-1])


def lasts(ends: IndexArray, samples: int) -> Mask:
    """Return where a run goes on for at least so many samples more."""
    return (ends >= 0) & (ends - np.arange(len(ends)) >= samples)
