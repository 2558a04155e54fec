"""Sorting a few values of each of many things, whole rows at once, and many things by one value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


def ranked(rows: Values) -> list[Values]:
    """Return rows so that in each column values rise from row to row; the given ones are used as memory.

    What is no number spoils its column. Batcher's odd-even merging (1968): for sixteen rows 63 comparisons of rows,
    where sorting column by column costs several times as much.
    """
    sorted_rows = list(rows)
    spare = np.empty_like(rows[0])
    for low, high in _network(len(sorted_rows)):
        smaller = np.minimum(sorted_rows[low], sorted_rows[high], out=spare)
        np.maximum(sorted_rows[low], sorted_rows[high], out=sorted_rows[high])
        sorted_rows[low], spare = smaller, sorted_rows[low]
    return sorted_rows


def highest_first(heights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of heights above zero from the highest down, equal ones in the order in which they come.

    The bits of such numbers rise as they do, and numbers of 16 bits are put in order by counting them: four times
    that takes a third of the time of comparing.
    """
    words = (~heights.view(np.uint64)).view(np.uint16).reshape(-1, 4)
    order = np.arange(heights.size)
    for word in words.T if sys.byteorder == "little" else words.T[::-1]:
        order = order[np.argsort(word[order], kind="stable")]
    return order


@cache
def _network(count: int) -> tuple[tuple[int, int], ...]:
    return tuple(_comparisons(count))


def _comparisons(count: int) -> Iterator[tuple[int, int]]:
    """Yield which rows are compared, one after the other (Knuth, The Art of Computer Programming 3, 5.2.2 M)."""
    size = 1 << max(count - 1, 0).bit_length()
    power = size // 2
    while power:
        reach, rest, apart = size // 2, 0, power
        while apart:
            yield from ((row, row + apart) for row in range(count - apart) if row & power == rest)
            apart, reach, rest = reach - power, reach // 2, power
        power //= 2
