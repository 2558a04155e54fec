"""Pixels that are no number, as programs leave them sprinkled over frames: what those beside them say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import slices

_TOGETHER = 1 << 18


def fill_sums(binned: NDArray[np.float32], pixels: NDArray[Any], *, level: float) -> None:
    """Put what the known pixels of each 2x2 sum lead one to expect where some are no number; ``level`` where all are.

    Args:
        binned: the sums, which are changed.
        pixels: the full frame.
        level: the sum of four pixels of the sky.
    """
    flat, width = pixels.reshape(-1), pixels.shape[1]
    unknown = np.flatnonzero(~np.isfinite(binned))
    for part in slices(unknown.size, _TOGETHER):
        row, column = np.divmod(unknown[part], binned.shape[1])
        four = flat.take(2 * row * width + 2 * column + np.array([0, 1, width, width + 1])[:, None])
        known = np.isfinite(four)
        count = np.count_nonzero(known, axis=0)
        total = np.where(known, four, 0.0).sum(axis=0, dtype=np.float64) * 4.0 / np.maximum(count, 1)
        usable = (count > 0) & (np.abs(total) < np.finfo(np.float32).max)
        binned.reshape(-1)[unknown[part]] = np.where(usable, total, level).astype(np.float32)


def filled_stamps(values: NDArray[np.float32], *, level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return stamps [row, column, star] with the mean of the four neighbours where a pixel is no number.

    Where those are none either it is the star's ``level``.
    """
    known = np.isfinite(values)
    if known.all():
        return values
    padded = np.pad(np.where(known, values, np.float32(0.0)), ((1, 1), (1, 1), (0, 0)))
    counted = np.pad(known, ((1, 1), (1, 1), (0, 0))).astype(np.float32)
    total, count = (each[:-2, 1:-1] + each[2:, 1:-1] + each[1:-1, :-2] + each[1:-1, 2:] for each in (padded, counted))
    beside = np.where(count > 0.0, total / np.maximum(count, np.float32(1.0)), level)
    return np.where(known, values, beside)


def filled_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 3x3 pixels [offset, place] with what lies opposite where one is no number; else the mean of the others."""
    known = np.isfinite(values)
    if known.all():
        return values
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(np.count_nonzero(known, axis=0), 1)
    opposite = np.where(known[::-1], values[::-1], mean)
    return np.where(known, values, opposite)
