"""Finding what stands out of the sky: peaks of a smoothed frame above a level that follows the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.background import Background
from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.marked import places_of
from tsplug.imaging.ranking import ranked

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# The kernel (1 2 1) x (1 2 1) / 16 leaves this share of independent noise.
_SMOOTHED_NOISE = 0.375
# Only pixels this many deviations up are smoothed at all: a star's middle is brighter than its smoothed height.
_WORTH_A_LOOK = 3.0
_STRIP_ROWS = 16
_STRIPS_TOGETHER, _GROUPS_TOGETHER = 4, 4
_RINGS_TOGETHER = 4096
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

    def pick(self, chosen: NDArray[np.bool_] | Places | slice) -> Peaks:
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
    sky = background.strips(tops + (_STRIP_ROWS - 1) / 2.0, width=width)

    def high_in(group: slice) -> _High:
        top = int(tops[group.start])
        rows = slice(top, min(int(tops[group.stop - 1]) + _STRIP_ROWS, height - _REACH))
        return _high_pixels(frame, rows, sky=sky.at(group), sigmas=sigmas)

    strips = in_order(high_in, slices(tops.size, _STRIPS_TOGETHER))
    parts = slices(len(strips), _GROUPS_TOGETHER)
    found = in_order(lambda part: _highest_of(strips, part, width=width), parts)
    place = np.concatenate([np.zeros(0, dtype=np.int64), *(each.place for each in found)])
    smoothed = np.concatenate([np.zeros(0, dtype=np.float32), *(each.height for each in found)])
    row, column = np.divmod(place, width)
    return row, column, smoothed.astype(np.float64)


@dataclass(frozen=True)
class _High:
    """Pixels of a frame whose smoothed height is above the limit: flat places in rising order, and those heights."""

    place: Places
    height: NDArray[np.float32]


def _high_pixels(
    frame: NDArray[np.float32], rows: slice, *, sky: tuple[NDArray[np.float32], NDArray[np.float32]], sigmas: float
) -> _High:
    """Return the high pixels of a group of strips, whose sky is given as [strip, column]."""
    (level, noise), width = sky, frame.shape[1]
    limit = level + np.float32(_WORTH_A_LOOK) * noise
    limit[:, :_REACH] = limit[:, width - _REACH :] = np.inf
    raised = np.empty((rows.stop - rows.start, width), dtype=bool)
    for strip, least in enumerate(limit):
        inside = slice(strip * _STRIP_ROWS, (strip + 1) * _STRIP_ROWS)
        np.greater(frame[rows][inside], least, out=raised[inside])
    place = places_of(raised.reshape(-1))
    smoothed = _smoothed(frame, place + rows.start * width)
    row = place // width
    under = place - (row - row // _STRIP_ROWS) * width
    high = smoothed > level.take(under) + np.float32(sigmas) * noise.take(under)
    return _High(place[high] + rows.start * width, smoothed[high])


def _smoothed(frame: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
    flat, width = frame.reshape(-1), frame.shape[1]
    total = np.zeros(places.size, dtype=np.float32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            total += np.float32((2 - abs(down)) * (2 - abs(right)) / 16.0) * flat.take(places + (down * width + right))
    return total


def _highest_of(strips: Sequence[_High], part: slice, *, width: int) -> _High:
    """Return the pixels of some strips that are higher than those next to them, also in the strips before and after.

    Of equal neighbours, as in a saturated star, the last one counts.
    """
    own = _joined(strips[part])
    if not own.place.size:
        return own
    first, last = own.place[0] - width - 1, own.place[-1] + width + 1
    before = _joined([_within(each, first, end=own.place[0]) for each in strips[max(part.start - 1, 0) : part.start]])
    after = _joined([_within(each, own.place[-1] + 1, end=last + 1) for each in strips[part.stop : part.stop + 1]])
    # A map of the heights in these rows and one around; a pixel of no height is no rival.
    drawn = np.full(last - first + 1, -np.inf, dtype=np.float32)
    for each in (before, own, after):
        drawn[each.place - first] = each.height
    place, height = own.place - first, own.height
    for later in (1, width, width - 1, width + 1):
        for apart, beats in ((later, np.greater), (-later, np.greater_equal)):
            kept = beats(height, drawn.take(place + apart))
            place, height = place[kept], height[kept]
    return _High(place + first, height)


def _joined(parts: Sequence[_High]) -> _High:
    return _High(
        np.concatenate([np.zeros(0, dtype=np.int64), *(each.place for each in parts)]),
        np.concatenate([np.zeros(0, dtype=np.float32), *(each.height for each in parts)]),
    )


def _within(strip: _High, first: int, *, end: int) -> _High:
    inside = slice(*np.searchsorted(strip.place, [first, end]))
    return _High(strip.place[inside], strip.height[inside])


def _surroundings(frame: NDArray[np.float32], row: Places, *, column: Places) -> Floats:
    """Return the mean of the middle four of the values on a ring round each place."""
    parts = slices(row.size, _RINGS_TOGETHER)
    return np.concatenate(
        [np.zeros(0), *in_order(lambda part: _middle_of_ring(frame, row[part], column=column[part]), parts)]
    )


def _middle_of_ring(frame: NDArray[np.float32], row: Places, *, column: Places) -> Floats:
    angle = 2.0 * np.pi * np.arange(_RING_POINTS) / _RING_POINTS
    down, right = np.rint(_RING_PX * np.sin(angle)).astype(int), np.rint(_RING_PX * np.cos(angle)).astype(int)
    place = row * frame.shape[1] + column
    ring = frame.reshape(-1).take(place + (down * frame.shape[1] + right)[:, None])
    middle = ranked(ring)[_RING_POINTS // 2 - 2 : _RING_POINTS // 2 + 2]
    return np.asarray(np.stack(middle).mean(axis=0, dtype=np.float64))
