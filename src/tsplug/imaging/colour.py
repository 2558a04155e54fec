"""The colours of a frame: planes that are there, or those under the filters of a mosaic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.shrinking import Plane, shrink

_PATTERNS = frozenset({"RGGB", "BGGR", "GRBG", "GBRG"})


def mosaic_pattern(name: object, *, x_offset: int = 0, y_offset: int = 0) -> str:
    """Return a mosaic's pattern as the frame's first two rows have it, such as ``RGGB``; empty where there is none.

    Args:
        name: the card BAYERPAT.
        x_offset: XBAYROFF, columns that the pattern is shifted by.
        y_offset: YBAYROFF, rows that it is shifted by.
    """
    pattern = str(name or "").strip().upper()
    if pattern not in _PATTERNS:
        return ""
    rows = [pattern[:2], pattern[2:]]
    if y_offset % 2:
        rows.reverse()
    return "".join(row[::-1] if x_offset % 2 else row for row in rows)


def channels(pixels: NDArray[np.generic], pattern: str) -> list[list[NDArray[np.generic]]]:
    """Return views of a frame's channels, red, green and blue: each of one plane, or of those under equal filters.

    Args:
        pixels: planes by rows by columns, of four planes the last is left out; or the rows by columns of a mosaic.
        pattern: that of the mosaic, of which each cell of 2x2 pixels has one red, one blue and two green ones.
    """
    if pixels.ndim == 3:
        return [[plane] for plane in pixels[:3]]
    rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    cells = [pixels[place // 2 : rows : 2, place % 2 : columns : 2] for place in range(4)]
    return [[cell for cell, colour in zip(cells, pattern, strict=True) if colour == each] for each in "RGB"]


def small_channel(views: list[NDArray[np.generic]], size: tuple[int, int]) -> Plane:
    """Return a channel made small; one under filters is not enlarged beyond a pixel for each cell of the mosaic."""
    rows, columns = views[0].shape
    small = [shrink(view, (min(size[0], columns), min(size[1], rows))) for view in views]
    return small[0] if len(small) == 1 else np.asarray(np.mean(small, axis=0), dtype=np.float32)
