"""Finding what stands out of the sky: peaks of a smoothed frame above a level that follows the background."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.background import Background

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# The kernel (1 2 1) x (1 2 1) / 16 leaves this share of independent noise.
_SMOOTHED_NOISE = 0.375
# Only pixels this many deviations up are smoothed at all: a star's middle is brighter than its smoothed height.
_WORTH_A_LOOK = 3.0
_STRIP_ROWS = 16
_REACH = 6
# Surroundings are looked at on a ring, far enough from the peak of a sharp or soft star.
_RING_PX = 5.0
_RING_POINTS = 16
# The ring's level is known to a third of a pixel's noise: what is this far off is another level than the mesh says.
_OTHER_LEVEL = 1.0


@dataclass(frozen=True)
class Peaks:
    """Peaks of a frame, highest first: place, height over the surroundings, the sky's level and theirs, noise.

    ``significance`` is the smoothed height in standard deviations.
    """

    row: Places
    column: Places
    height: Floats
    level: Floats
    around: Floats
    noise: Floats
    significance: Floats

    def pick(self, chosen: NDArray[np.bool_] | Places) -> Peaks:
        """Return only the chosen peaks."""
        return Peaks(*(getattr(self, each.name)[chosen] for each in fields(self)))


def find_peaks(
    frame: NDArray[np.float32], background: Background, *, threshold: float, electrons_per_unit: float
) -> Peaks:
    """Return the local maxima of the smoothed frame that stand out of sky and surroundings, away from the border.

    Args:
        frame: the 2x2 frame, or one binned further.
        background: its sky.
        threshold: standard deviations of the smoothed frame; the shot noise of a bright surrounding counts.
        electrons_per_unit: electrons that one unit of the frame stands for.
    """
    row, column, smoothed = _maxima(frame, background, sigmas=threshold * _SMOOTHED_NOISE)
    level, noise = background.at(row.astype(np.float64), column.astype(np.float64))
    around = _surroundings(frame, row, column=column)
    shot = np.maximum(around - level, 0.0) / electrons_per_unit
    noise = np.sqrt(noise**2 + shot)
    around = np.where(np.abs(around - level) > _OTHER_LEVEL * noise, around, level)
    height = smoothed - around
    significance = height / (_SMOOTHED_NOISE * noise)
    peaks = Peaks(row, column, height, level, around, noise, significance)
    order = np.argsort(-height, kind="stable")
    return peaks.pick(order[significance[order] > threshold])


def _maxima(frame: NDArray[np.float32], background: Background, *, sigmas: float) -> tuple[Places, Places, Floats]:
    """Return rows and columns of the local maxima of the smoothed frame above a limit, and their smoothed heights.

    Only pixels well above the sky are smoothed at all, and neighbours that are not are no rivals.
    """
    height, width = frame.shape
    tops = np.arange(_REACH, height - _REACH, _STRIP_ROWS)
    strips = background.strips(tops + (_STRIP_ROWS - 1) / 2.0, width=width)
    places, heights = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
    for top, level, noise in zip(tops.tolist(), *strips, strict=True):
        limit = level + np.float32(_WORTH_A_LOOK) * noise
        limit[:_REACH] = limit[width - _REACH :] = np.inf
        raised = np.flatnonzero(frame[top : min(top + _STRIP_ROWS, height - _REACH)] > limit)
        smoothed = _smoothed(frame, raised + top * width)
        column = raised % width
        high = smoothed > level[column] + np.float32(sigmas) * noise[column]
        places.append(raised[high] + top * width)
        heights.append(smoothed[high])
    place, smoothed = np.concatenate(places), np.concatenate(heights)
    highest = _above_neighbours(smoothed, place, width=width)
    row, column = np.divmod(place[highest], width)
    return row, column, smoothed[highest].astype(np.float64)


def _smoothed(frame: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
    flat, width = frame.reshape(-1), frame.shape[1]
    total = np.zeros(places.size, dtype=np.float32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            total += np.float32((2 - abs(down)) * (2 - abs(right)) / 16.0) * flat[places + (down * width + right)]
    return total


def _above_neighbours(heights: NDArray[np.float32], places: Places, *, width: int) -> NDArray[np.bool_]:
    """Tell which of some places of a frame, in rising order, are higher than those next to them.

    Of equal neighbours, as in a saturated star, the last one counts.
    """
    highest = np.ones(places.size, dtype=bool)
    ends = np.append(places, -1)
    # In rising order what lies two places on in the row below follows directly, if it is there.
    after = np.searchsorted(places, places + (width - 1))
    rivals = [(np.arange(1, places.size + 1), 1)]
    for apart in (width - 1, width, width + 1):
        rivals.append((after, apart))
        after = after + (ends[after] == places + apart)
    for follows, apart in rivals:
        met = ends[follows] == places + apart
        here, there = np.flatnonzero(met), follows[met]
        lower = heights[here] <= heights[there]
        highest[here[lower]] = False
        highest[there[~lower]] = False
    return highest


def _surroundings(frame: NDArray[np.float32], row: Places, *, column: Places) -> Floats:
    angle = 2.0 * np.pi * np.arange(_RING_POINTS) / _RING_POINTS
    down, right = np.rint(_RING_PX * np.sin(angle)).astype(int), np.rint(_RING_PX * np.cos(angle)).astype(int)
    ring = frame[row[None, :] + down[:, None], column[None, :] + right[:, None]]
    middle = np.sort(ring, axis=0)[_RING_POINTS // 2 - 2 : _RING_POINTS // 2 + 2]
    return np.asarray(middle.mean(axis=0, dtype=np.float64))
