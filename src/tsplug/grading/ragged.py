"""Rows of unequal lengths, one after the other in one array: nothing is filled up, so cost grows with what there is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


class Ragged(NamedTuple):
    """Numbers in rows, and how many each row has."""

    values: Floats
    counts: Ints

    def part(self, begin: int, end: int) -> Ragged:
        """Return the rows from one to before another."""
        first, last = int(self.counts[:begin].sum()), int(self.counts[:end].sum())
        return Ragged(self.values[first:last], self.counts[begin:end])

    def sorted(self) -> Ragged:
        """Return the same with the numbers of each row sorted.

        Rows of about one length are sorted together, since one call for each takes longer than sorting it.
        """
        found, starts = np.empty_like(self.values), starts_of(self.counts)
        sizes = np.frexp(self.counts.astype(np.float64))[1]
        for size in np.unique(sizes[self.counts > 0]):
            rows = np.flatnonzero(sizes == size)
            place = np.arange(int(self.counts[rows].max()))
            index = starts[rows][:, None] + place
            told = place < self.counts[rows][:, None]
            block = self.values.take(index, mode="clip")
            block[~told] = np.inf
            block.sort(axis=1)
            found[index[told]] = block[told]
        return Ragged(found, self.counts)


def starts_of(counts: Ints) -> Ints:
    """Return where rows begin that have so many elements."""
    found: Ints = np.cumsum(counts) - counts
    return found


def places_of(counts: Ints) -> tuple[Ints, Ints]:
    """Return for each element of rows that have so many the number of its row, and its place in it."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - starts_of(counts)[row]


def counts_of(row: Ints, *, rows: int) -> Ints:
    """Return how many elements each of so many rows has."""
    return np.bincount(row, minlength=rows)
