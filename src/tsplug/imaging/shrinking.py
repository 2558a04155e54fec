"""Frames made small: every pixel of the picture is the mean of the pixels it covers, so nothing is lost in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsplug.imaging.lanes import in_order, slices

Plane = NDArray[np.float32]
# So many pixels stay in the cache while they are averaged.
_HOT_PIXELS = 1 << 18


def picture_size(shape: tuple[int, int], *, width_px: int | None, height_px: int | None) -> tuple[int, int]:
    """Return width and height of a picture in a frame's proportions; one of the two is given, nothing is enlarged."""
    rows, columns = shape
    if height_px is not None:
        height = min(height_px, rows)
        return max(1, round(columns * height / rows)), height
    width = min(width_px or columns, columns)
    return width, max(1, round(rows * width / columns))


def shrink(frame: NDArray[np.generic], size: tuple[int, int]) -> Plane:
    """Return a frame (rows by columns) averaged to a width and height in pixels, which are no larger than its own.

    Whole blocks are averaged first, a few milliseconds for tens of megapixels; what is left is less than a factor of
    two each way, and exact area averages of a small frame.
    """
    rows, columns = frame.shape
    step = max(1, min(columns // size[0], rows // size[1]))
    small = block_mean(frame, step)
    if (small.shape[1], small.shape[0]) == size:
        return small
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BOX), dtype=np.float32)


def block_mean(frame: NDArray[np.generic], step: int) -> Plane:
    """Return the means of blocks of ``step`` by ``step`` pixels; rows and columns that fill no block are left out."""
    height, width = frame.shape[0] // step, frame.shape[1] // step
    body = frame[: height * step, : width * step]
    if step == 1:
        return np.ascontiguousarray(body, dtype=np.float32)
    small = np.empty((height, width), dtype=np.float32)

    def work(rows: slice) -> None:
        _mean_rows(body[rows.start * step : rows.stop * step], step, out=small[rows])

    in_order(work, slices(height, max(1, _HOT_PIXELS // (width * step * step))))
    return small


def _mean_rows(rows: NDArray[np.generic], step: int, *, out: Plane) -> None:
    """Average some rows: whole rows are added first, neighbours in memory, which leaves few for the strided sums."""
    wide = np.float32 if rows.dtype.kind == "f" else np.uint32 if rows.dtype.itemsize <= 2 else np.float64
    down = np.add.reduce(rows.reshape(out.shape[0], step, -1), axis=1, dtype=wide)
    across = down[:, 0::step].astype(np.float32 if wide is np.float32 else np.float64)
    for place in range(1, step):
        across += down[:, place::step]
    across /= step * step
    out[...] = across
