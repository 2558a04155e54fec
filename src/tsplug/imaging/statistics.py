"""Exact statistics of a frame's levels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SATURATED_SHARE = 0.98
"""A level from this share of full scale on counts as saturated (spec/peers e-6)."""

FULL_SCALE_ADU = 65_535

_LEVELS = 65_536


@dataclass(frozen=True)
class AduStatistics:
    """Levels of a frame in ADU: population standard deviation, median, raw MAD; the saturated fraction is 0 to 1."""

    mean: float
    stdev: float
    median: float
    mad: float
    minimum: float
    maximum: float
    saturated_fraction: float


def native(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return pixels in this machine's byte order, contiguous; copied only where needed."""
    return np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))


def adu_statistics(pixels: NDArray[np.generic], *, full_scale_adu: float = FULL_SCALE_ADU) -> AduStatistics:
    """Return the statistics of a frame, exact for 8 and 16 bit unsigned integers.

    Pixels that are no number (in floating-point frames) are left out.

    Raises:
        ValueError: no pixel has a value.
    """
    pixels = native(pixels)
    if pixels.dtype in (np.uint8, np.uint16) and pixels.size:
        return _from_histogram(np.bincount(pixels.ravel(), minlength=_LEVELS), full_scale_adu)
    values = pixels.astype(np.float64).ravel()
    values = values[np.isfinite(values)]
    if not values.size:
        raise ValueError("the frame has no pixel with a value")
    median = float(np.median(values))
    return AduStatistics(
        mean=float(values.mean()),
        stdev=float(values.std()),
        median=median,
        mad=float(np.median(np.abs(values - median))),
        minimum=float(values.min()),
        maximum=float(values.max()),
        saturated_fraction=float(np.mean(values >= SATURATED_SHARE * full_scale_adu)),
    )


def _from_histogram(histogram: NDArray[np.intp], full_scale_adu: float) -> AduStatistics:
    levels = np.flatnonzero(histogram).astype(np.int64)
    counts = histogram[levels].astype(np.int64)
    pixels, total = int(counts.sum()), int((counts * levels).sum())
    squares = int((counts * levels * levels).sum())
    median = _median(levels, counts)
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
    )


def _median(values: NDArray[np.generic], counts: NDArray[np.int64]) -> float:
    ends = np.cumsum(counts)
    last = int(ends[-1]) - 1
    low, high = np.searchsorted(ends, [last // 2, last - last // 2], side="right")
    return (float(values[low]) + float(values[high])) / 2.0
