"""Finding what stands out of the sky: peaks of a smoothed frame above a level that follows the background."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.background import Background, StripLimits
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
    """Peaks of a frame, row by row: place, height over the surroundings, the sky's level and theirs, noise.

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

    @property
    def highest_first(self) -> Peaks:
        """Return the peaks by their height."""
        return self.pick(np.argsort(-self.height, kind="stable"))


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
    return Peaks(row, column, height, level, around, noise, significance).pick(significance > threshold)


def _maxima(frame: NDArray[np.float32], background: Background, *, sigmas: float) -> tuple[Places, Places, Floats]:
    """Return rows and columns of the local maxima of the smoothed frame above a limit, and their smoothed heights.

    Only pixels well above the sky are smoothed at all, and neighbours that are not are no rivals.
    """
    height, width = frame.shape
    tops = np.arange(_REACH, height - _REACH, _STRIP_ROWS)
    sky = background.strips(tops + (_STRIP_ROWS - 1) / 2.0, width=width)
    limits = sky.above(_WORTH_A_LOOK), sky.above(sigmas)

    def high_in(group: slice) -> _High:
        return _high_pixels(frame, group, limits=limits)

    strips = in_order(high_in, slices(tops.size, _STRIPS_TOGETHER))
    drawing = _Drawing(width)
    parts = slices(len(strips), _GROUPS_TOGETHER)
    found = in_order(lambda part: _highest_of(strips, part, drawing=drawing), parts)
    every = _joined(found)
    row, column = np.divmod(every.place, width)
    return row, column, every.height.astype(np.float64)


@dataclass(frozen=True)
class _High:
    """Pixels of a frame whose smoothed height is above the limit: flat places in rising order, and those heights."""

    place: Places
    height: NDArray[np.float32]


def _high_pixels(frame: NDArray[np.float32], group: slice, *, limits: tuple[StripLimits, StripLimits]) -> _High:
    """Return the high pixels of a group of strips; what they must reach, and what they must reach once smoothed."""
    width = frame.shape[1]
    top = _REACH + group.start * _STRIP_ROWS
    rows = frame[top : min(_REACH + group.stop * _STRIP_ROWS, frame.shape[0] - _REACH)]
    raised = np.empty(rows.shape, dtype=bool)
    smooth_limits = np.empty((group.stop - group.start, width), dtype=np.float32)
    for strip in range(group.start, group.stop):
        place = strip - group.start
        inside = slice(place * _STRIP_ROWS, (place + 1) * _STRIP_ROWS)
        np.greater(rows[inside], limits[0].of(strip), out=raised[inside])
        smooth_limits[place] = limits[1].of(strip)
    raised[:, :_REACH] = raised[:, width - _REACH :] = False
    places = places_of(raised.reshape(-1))
    row = places // width
    limit = smooth_limits.reshape(-1).take(places - (row - row // _STRIP_ROWS) * width)
    places += top * width
    smoothed = _smoothed(frame, places)
    high = np.flatnonzero(smoothed > limit)
    return _High(places.take(high), smoothed.take(high))


def _smoothed(frame: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
    flat, width = frame.reshape(-1), frame.shape[1]
    # Shifting where the frame begins costs nothing; adding to all places does.
    first = places - (width + 1)

    def at(down: int, right: int) -> NDArray[np.float32]:
        found: NDArray[np.float32] = flat[down * width + right :].take(first)
        return found

    total = at(1, 1)
    total += total
    for down, right in ((0, 1), (1, 0), (1, 2), (2, 1)):
        total += at(down, right)
    total += total
    for down, right in ((0, 0), (0, 2), (2, 0), (2, 2)):
        total += at(down, right)
    total *= np.float32(1.0 / 16.0)
    return total


class _Drawing:
    """Maps of heights, which several threads draw on at once; they are kept, and wiped only where they were drawn on.

    A pixel of no height is minus infinity high, and no rival.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._spare: deque[NDArray[np.float32]] = deque()

    @contextmanager
    def of(self, place: Places, height: NDArray[np.float32], *, size: int) -> Iterator[NDArray[np.float32]]:
        """Give a map of so many pixels with some heights on it."""
        try:
            drawn = self._spare.pop()
        except IndexError:
            drawn = np.empty(0, dtype=np.float32)
        if drawn.size < size:
            drawn = np.full(size, -np.inf, dtype=np.float32)
        drawn[place] = height
        yield drawn
        drawn[place] = -np.inf
        self._spare.append(drawn)


def _highest_of(strips: Sequence[_High], part: slice, *, drawing: _Drawing) -> _High:
    """Return the pixels of some strips that are higher than those next to them, also in the strips before and after.

    Of equal neighbours, as in a saturated star, the last one counts.
    """
    own, width = _joined(strips[part]), drawing.width
    if not own.place.size:
        return own
    first, last = own.place[0] - width - 1, own.place[-1] + width + 1
    before = _joined([_within(each, first, end=own.place[0]) for each in strips[max(part.start - 1, 0) : part.start]])
    after = _joined([_within(each, own.place[-1] + 1, end=last + 1) for each in strips[part.stop : part.stop + 1]])
    every = _joined([before, own, after])
    with drawing.of(every.place - first, every.height, size=last - first + 1) as drawn:
        # Places in the rows before; those of neighbours are as far behind as the map is made to begin.
        place, height = own.place - first - (width + 1), own.height
        for later in (1, width, width - 1, width + 1):
            for apart, beats in ((later, np.greater), (-later, np.greater_equal)):
                kept = np.flatnonzero(beats(height, drawn[width + 1 + apart :].take(place)))
                place, height = place.take(kept), height.take(kept)
    return _High(place + first + (width + 1), height)


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
