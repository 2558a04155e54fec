"""One pass over a frame: its exact statistics, and the frame of 2x2 sums that stars are looked for on."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.histogram import LevelHistogram
from tsplug.imaging.source import BandSource
from tsplug.imaging.statistics import AduStatistics, statistics_of_levels, statistics_of_values

# Rows that are counted at a time: few enough to be still in the cache, enough to be worth handing over.
_COUNTED_TOGETHER = 1 << 20


@dataclass(frozen=True)
class ReducedFrame:
    """A frame after the one pass over it.

    ``pixels`` are those of the source (rows by columns). ``binned`` holds the sums of 2x2 pixels as 32-bit floats; an
    odd last row or column is left out. ``histogram`` counts the levels of 8 and 16 bit integers and is None for others.
    ``median_adu`` fills in for pixels that are no number.
    """

    pixels: NDArray[Any]
    binned: NDArray[np.float32]
    statistics: AduStatistics
    histogram: LevelHistogram | None = None


def reduce_frame(source: BandSource, *, full_scale_adu: float) -> ReducedFrame:
    """Draw all bands of a source, adding up 2x2 pixels on the way, while a second thread counts their levels.

    Raises:
        ValueError: the frame is not two-dimensional, or no pixel has a value.
    """
    pixels = source.pixels
    if pixels.ndim != 2:
        raise ValueError(f"a frame has rows and columns, not the shape {' x '.join(map(str, pixels.shape))}")
    histogram = LevelHistogram(pixels.dtype) if LevelHistogram.serves(pixels.dtype) else None
    binned = np.empty((pixels.shape[0] // 2, pixels.shape[1] // 2), dtype=np.float32)
    with ThreadPoolExecutor(max_workers=1) as beside:
        counts: list[Future[None]] = []
        counted = 0
        for rows in source.bands():
            band = pixels[rows]
            if histogram is not None and (rows.stop - counted) * pixels.shape[1] >= _COUNTED_TOGETHER:
                counts.append(beside.submit(histogram.add, pixels[counted : rows.stop]))
                counted = rows.stop
            first, pairs = rows.start // 2, band.shape[0] // 2
            bin_pairs(band[: 2 * pairs], out=binned[first : first + pairs])
        for count in counts:
            count.result()
    if histogram is None:
        statistics = statistics_of_values(pixels, full_scale_adu=full_scale_adu)
        _mend(binned, 4.0 * statistics.median)
    else:
        histogram.add(pixels[counted:])
        statistics = statistics_of_levels(histogram, full_scale_adu=full_scale_adu)
    return ReducedFrame(pixels, binned, statistics, histogram)


def bin_pairs(band: NDArray[Any], *, out: NDArray[np.float32]) -> None:
    """Add up 2x2 pixels of an even number of rows into ``out``, half as high and wide, without an odd last column."""
    if band.dtype == np.uint16 and band.shape[1] % 2 == 0 and band.flags.c_contiguous:
        # Two neighbours are the halves of one 32-bit word: no strided access.
        words = band.view(np.uint32)
        across = words >> np.uint32(16)
        across += words & np.uint32(0xFFFF)
    else:
        width = 2 * out.shape[1]
        wide = np.float32 if band.dtype.kind == "f" else np.int64
        across = np.add(band[:, 0:width:2], band[:, 1:width:2], dtype=wide)
    np.add(across[0::2], across[1::2], out=out, casting="unsafe")


def _mend(binned: NDArray[np.float32], level: float) -> None:
    """Put the sky's level where pixels are no number."""
    np.nan_to_num(binned, copy=False, nan=level, posinf=level, neginf=level)
