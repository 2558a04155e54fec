"""Where a camera's own range ends below that of the format: numbers of 12 or 14 bits that nobody scaled up."""

from __future__ import annotations

import numpy as np

from tsplug.imaging.reduction import ReducedFrame
from tsplug.imaging.statistics import SATURATED_SHARE

# Light that is cut off piles up at one level: several pixels, and more than lie just below it. Of noise fewer are at
# its highest level than just below, and below this share of full scale levels are too few to tell.
_SEVERAL_PIXELS = 8
_LEAST_SHARE = 1.0 / 64.0


def clipped_share(frame: ReducedFrame, *, full_scale_adu: float) -> float:
    """Return the share (0 to 1) of pixels from 98 % of the level on at which all light is cut off.

    0 where none is, or only at full scale, of which the statistics tell.
    """
    levels = frame.statistics
    low, high = _LEAST_SHARE * full_scale_adu, SATURATED_SHARE * full_scale_adu
    told = levels.maximum_pixels >= _SEVERAL_PIXELS and levels.maximum > levels.median
    if not told or frame.pixels.dtype.itemsize == 1 or not low <= levels.maximum < high:
        return 0.0
    near = _pixels_from(frame, SATURATED_SHARE * levels.maximum)
    return near / frame.pixels.size if levels.maximum_pixels > near - levels.maximum_pixels else 0.0


def _pixels_from(frame: ReducedFrame, level: float) -> int:
    """Return how many pixels lie from a level up to the highest one that is a number."""
    if frame.histogram is None:
        pixels = frame.pixels
        return int(np.count_nonzero((pixels >= level) & (pixels <= frame.statistics.maximum)))
    found, counts = frame.histogram.filled()
    return int(counts[found >= level].sum())
