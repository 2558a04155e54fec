"""Exact statistics of a frame's levels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.histogram import LevelHistogram

SATURATED_SHARE = 0.98
"""A level from this share of full scale on counts as saturated (spec/peers e-6)."""

FULL_SCALE_ADU = 65_535


@dataclass(frozen=True)
class AduStatistics:
    """Levels of a frame in ADU: population standard deviation, median, raw MAD; the saturated fraction is 0 to 1.

    ``minimum_pixels`` and ``maximum_pixels`` count the pixels at the extremes.
    """

    mean: float
    stdev: float
    median: float
    mad: float
    minimum: float
    maximum: float
    saturated_fraction: float
    minimum_pixels: int = 0
    maximum_pixels: int = 0


def native(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return pixels in this machine's byte order, contiguous; copied only where needed."""
    return np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))


def adu_statistics(pixels: NDArray[np.generic], *, full_scale_adu: float = FULL_SCALE_ADU) -> AduStatistics:
    """Return the statistics of a frame, exact for 8 and 16 bit integers.

    Pixels that are no number (in floating-point frames) are left out.

    Raises:
        ValueError: no pixel has a value.
    """
    pixels = native(pixels)
    if LevelHistogram.serves(pixels.dtype) and pixels.size:
        histogram = LevelHistogram(pixels.dtype)
        histogram.add(pixels)
        return statistics_of_levels(histogram, full_scale_adu=full_scale_adu)
    return statistics_of_values(pixels, full_scale_adu=full_scale_adu)


def statistics_of_values(pixels: NDArray[Any], *, full_scale_adu: float) -> AduStatistics:
    """Return the statistics of pixels that no histogram of whole levels holds: 32 bit and floating-point ones.

    Raises:
        ValueError: no pixel has a value.
    """
    values = pixels.ravel()
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        values = values if finite.all() else values[finite]
    if not values.size:
        raise ValueError("the frame has no pixel with a value")
    minimum, maximum = values.min(), values.max()
    median = _middle(values.copy())
    # Distances in double precision: those of integers of 32 bits overflow, those of floats lose their last bits.
    distances = np.abs(values - np.float64(median))
    # Two passes in double precision, as levels may lie far from zero compared with their spread.
    mean = float(values.mean(dtype=np.float64))
    return AduStatistics(
        mean=mean,
        stdev=math.sqrt(float(np.square(values - np.float64(mean)).mean())),
        median=median,
        mad=_middle(distances),
        minimum=float(minimum),
        maximum=float(maximum),
        saturated_fraction=np.count_nonzero(values >= SATURATED_SHARE * full_scale_adu) / values.size,
        minimum_pixels=int(np.count_nonzero(values == minimum)),
        maximum_pixels=int(np.count_nonzero(values == maximum)),
    )


def statistics_of_levels(histogram: LevelHistogram, *, full_scale_adu: float) -> AduStatistics:
    """Return the exact statistics of the pixels that a histogram counts.

    Raises:
        ValueError: it counts none.
    """
    levels, counts = histogram.filled()
    if not levels.size:
        raise ValueError("the frame has no pixel with a value")
    pixels, total = int(counts.sum()), int((counts * levels).sum())
    squares = int((counts * levels * levels).sum())
    median = histogram.quantile(0.5)
    distances = np.abs(levels - median)
    order = np.argsort(distances, kind="stable")
    return AduStatistics(
        mean=total / pixels,
        # Whole numbers to the end: n * sum(x^2) - sum(x)^2 loses nothing to rounding.
        stdev=math.sqrt(pixels * squares - total * total) / pixels,
        median=median,
        mad=_median(distances[order], counts[order]),
        minimum=float(levels[0]),
        maximum=float(levels[-1]),
        saturated_fraction=int(counts[levels >= SATURATED_SHARE * full_scale_adu].sum()) / pixels,
        minimum_pixels=int(counts[0]),
        maximum_pixels=int(counts[-1]),
    )


def _middle(values: NDArray[Any]) -> float:
    """Return the median of values, which are put into another order."""
    half = values.size // 2
    values.partition(half)
    upper = float(values[half])
    return upper if values.size % 2 else (float(values[:half].max()) + upper) / 2.0


def _median(values: NDArray[np.generic], counts: NDArray[np.int64]) -> float:
    ends = np.cumsum(counts)
    last = int(ends[-1]) - 1
    low, high = np.searchsorted(ends, [last // 2, last - last // 2], side="right")
    return (float(values[low]) + float(values[high])) / 2.0
