"""Parts of a frame without stars: a tree, dew from one side, an obstruction in the light path."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ACROSS, DOWN = 8, 6
"""Cells of the grid, along the longer and the shorter side of the frame."""

# A cell is dead where it holds less than this share of what cells usually hold, and where so few come by chance less
# often than this: in one of several hundred frames.
_DEAD_SHARE, _LARGEST_CHANCE = 0.2, 3e-5
# Where cells hold fewer, chance alone may empty one.
_LEAST_EXPECTED = 10.5
# Three quarters of evenly strewn cells hold less than their mean and so many of its standard deviations.
_UPPER_QUARTILE = 0.6745


def dead_cells(places: tuple[Floats, Floats], *, shape: tuple[int, ...]) -> int | None:
    """Return how many of 8x6 cells hold less than a fifth of the stars that cells of this frame usually hold.

    Clouds that cover all of a frame kill no cell. None where cells hold so few stars that chance alone empties some.

    Args:
        places: columns and rows of all stars that count (px).
        shape: rows and columns of the frame.
    """
    counts = _counts(places, shape=shape)
    usual = _usual(counts)
    if usual < _LEAST_EXPECTED:
        return None
    return int(np.count_nonzero(counts < min(_DEAD_SHARE * usual, _least_by_chance(usual))))


def _usual(counts: NDArray[np.int64]) -> float:
    """Return what cells of a frame usually hold, as its fuller half tells: a tree may hide the other.

    The upper quartile of evenly strewn stars lies above their mean, by what Poisson's law says.
    """
    quartile = float(np.quantile(counts, 0.75))
    return ((math.sqrt(_UPPER_QUARTILE**2 + 4.0 * quartile) - _UPPER_QUARTILE) / 2.0) ** 2


def _least_by_chance(usual: float) -> int:
    """Return the smallest count of a cell that chance may bring, by Poisson's law."""
    count, chance = 0, math.exp(-usual)
    reached = chance
    while reached <= _LARGEST_CHANCE and count < usual:
        count += 1
        chance *= usual / count
        reached += chance
    return count


def _counts(places: tuple[Floats, Floats], *, shape: tuple[int, ...]) -> NDArray[np.int64]:
    height, width = shape
    across, down = (ACROSS, DOWN) if width >= height else (DOWN, ACROSS)
    column = np.clip((places[0] * across / width).astype(np.int64), 0, across - 1)
    row = np.clip((places[1] * down / height).astype(np.int64), 0, down - 1)
    return np.bincount(row * across + column, minlength=across * down).astype(np.int64)
