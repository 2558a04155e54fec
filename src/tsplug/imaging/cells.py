"""Parts of a frame without stars: a tree, dew from one side, an obstruction in the light path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ACROSS, DOWN = 8, 6
"""Cells of the grid, along the longer and the shorter side of the frame."""

# In a cell where this many stars are expected hardly any is only once in thousands of cells by chance.
_LEAST_EXPECTED = 8.0
_DEAD_SHARE = 0.2


def dead_cells(places: tuple[Floats, Floats], *, shape: tuple[int, ...]) -> int | None:
    """Return how many of 8x6 cells hold less than a fifth of the stars that cells of this frame usually hold.

    Clouds that cover all of a frame kill no cell. None where there are too few stars to tell.

    Args:
        places: columns and rows of all stars that count (px).
        shape: rows and columns of the frame.
    """
    counts = _counts(places, shape=shape)
    # A tree may hide most of a frame: what cells usually hold is told by the fuller half of them.
    usual = float(np.quantile(counts, 0.75))
    return None if usual < _LEAST_EXPECTED else int(np.count_nonzero(counts < _DEAD_SHARE * usual))


def _counts(places: tuple[Floats, Floats], *, shape: tuple[int, ...]) -> NDArray[np.int64]:
    height, width = shape
    across, down = (ACROSS, DOWN) if width >= height else (DOWN, ACROSS)
    column = np.clip((places[0] * across / width).astype(np.int64), 0, across - 1)
    row = np.clip((places[1] * down / height).astype(np.int64), 0, down - 1)
    return np.bincount(row * across + column, minlength=across * down).astype(np.int64)
