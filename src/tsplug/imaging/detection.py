"""Finding what stands out of the sky: peaks of a smoothed frame above a level that follows the background."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
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
_STRIPS_TOGETHER = 12
_PEAKS_TOGETHER = 8192
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

    Those in or at areas without sky are left out: what surrounds them tells nothing.

    Args:
        frame: the 2x2 frame, or one binned further.
        background: its sky.
        threshold: standard deviations of the smoothed frame; the shot noise of a bright surrounding counts.
        electrons_per_unit: electrons that one unit of the frame stands for.
    """
    row, column, smoothed = _maxima(frame, background, sigmas=threshold * _SMOOTHED_NOISE)

    def judged(part: slice) -> Peaks:
        places = row[part], column[part]
        peaks = _peaks(frame, background, places=places, smoothed=smoothed[part], gain=electrons_per_unit)
        peaks = peaks.pick(peaks.significance > threshold)
        return peaks if background.blank is None else peaks.pick(~_beside_blank(peaks, background.blank))

    found = in_order(judged, slices(row.size, _PEAKS_TOGETHER) or [slice(0, 0)])
    return Peaks(*(np.concatenate([getattr(part, each.name) for part in found]) for each in fields(Peaks)))


def _peaks(
    frame: NDArray[np.float32],
    background: Background,
    *,
    places: tuple[Places, Places],
    smoothed: Floats,
    gain: float,
) -> Peaks:
    """Return how far some maxima, by rows and columns, stand out of sky and surroundings."""
    row, column = places
    level, noise = background.at(row.astype(np.float64), column.astype(np.float64))
    around = _surroundings(frame, row, column=column)
    shot = np.maximum(around - level, 0.0) / gain
    noise = np.sqrt(noise**2 + shot)
    around = np.where(np.abs(around - level) > _OTHER_LEVEL * noise, around, level)
    height = smoothed - around
    return Peaks(row, column, height, level, around, noise, height / (_SMOOTHED_NOISE * noise))


def _maxima(frame: NDArray[np.float32], background: Background, *, sigmas: float) -> tuple[Places, Places, Floats]:
    """Return rows and columns of the local maxima of the smoothed frame above a limit, and their smoothed heights.

    Only pixels well above the sky are smoothed at all, and neighbours that are not are no rivals.
    """
    height, width = frame.shape
    tops = np.arange(_REACH, height - _REACH, _STRIP_ROWS)
    sky = background.strips(tops + (_STRIP_ROWS - 1) / 2.0, width=width)
    search = _Search(frame, worth_a_look=sky.above(_WORTH_A_LOOK), smoothed=sky.above(sigmas))
    found = in_order(search.highest_of, slices(tops.size, _STRIPS_TOGETHER))
    place = np.concatenate([np.zeros(0, dtype=np.int64), *(each for each, _ in found)])
    highest = np.concatenate([np.zeros(0, dtype=np.float32), *(each for _, each in found)])
    row, column = np.divmod(place, width)
    kept = ~_rise_outwards(frame, (row, column), heights=highest)
    return row[kept], column[kept], highest[kept].astype(np.float64)


def _rise_outwards(
    frame: NDArray[np.float32], places: tuple[Places, Places], *, heights: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Tell which maxima are the flanks of what is higher beyond the rows and columns that are searched."""
    (row, column), (height, width) = places, frame.shape
    to_border = np.minimum(np.minimum(row, height - 1 - row), np.minimum(column, width - 1 - column))
    beside = np.asarray(to_border == _REACH)
    rim = np.flatnonzero(beside)
    down, right = np.repeat([-1, 0, 1], 3), np.tile([-1, 0, 1], 3)
    around = (row[rim] * width + column[rim]) + (down * width + right)[:, None]
    beside[rim] = (_smoothed(frame, around.reshape(-1)).reshape(around.shape) > heights[rim]).any(axis=0)
    return beside


class _Drawing:
    """Maps of heights, which several threads draw on at once; they are kept, and wiped only where they were drawn on.

    A pixel of no height is minus infinity high, and no rival. Two maps of a few megabytes last from frame to frame:
    fresh memory costs as much as looking for peaks in it.
    """

    def __init__(self) -> None:
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


_DRAWING = _Drawing()


@dataclass(frozen=True)
class _Search:
    """Looks through strips of a frame for pixels above a limit that are higher than those next to them.

    ``worth_a_look`` is what a pixel must reach in each strip, ``smoothed`` what it must reach once smoothed. What takes
    long is done for several strips at once: two threads that ask for the interpreter all the time wait for each other.
    """

    frame: NDArray[np.float32]
    worth_a_look: StripLimits
    smoothed: StripLimits

    def highest_of(self, strips: slice) -> tuple[Places, NDArray[np.float32]]:
        """Return flat places in the frame, in rising order, and smoothed heights.

        Of equal neighbours, as in a saturated star, the last one counts.
        """
        width, inner = self.frame.shape[1], self._rows(strips)
        # The rows before and after hold rivals.
        outer = slice(max(inner.start - 1, _REACH), min(inner.stop + 1, self.frame.shape[0] - _REACH))
        places, heights = self._high(outer)
        own = slice(*np.searchsorted(places, [(row - outer.start) * width for row in (inner.start, inner.stop)]))
        # A row before the first, and one behind the last.
        margin = width + 1
        size = (outer.stop - outer.start) * width + 2 * margin
        with _DRAWING.of(places + margin, heights, size=size) as drawn:
            highest = _higher_than_beside(places, heights)[own]
            place, height = places[own][highest], heights[own][highest]
            for later in (width, width - 1, width + 1):
                for apart, beats in ((later, np.greater), (-later, np.greater_equal)):
                    kept = np.flatnonzero(beats(height, drawn[margin + apart :].take(place)))
                    place, height = place.take(kept), height.take(kept)
        return place + outer.start * width, height

    def _rows(self, strips: slice) -> slice:
        last = len(self.frame) - _REACH
        return slice(_REACH + strips.start * _STRIP_ROWS, min(_REACH + strips.stop * _STRIP_ROWS, last))

    def _high(self, rows: slice) -> tuple[Places, NDArray[np.float32]]:
        """Return the pixels of some rows whose smoothed height is above the limit, places counted from there on."""
        width = self.frame.shape[1]
        strips = slice((rows.start - _REACH) // _STRIP_ROWS, (rows.stop - 1 - _REACH) // _STRIP_ROWS + 1)
        places = self._raised(rows, strips)
        row = places // width
        strip = (row + (rows.start - _REACH)) // _STRIP_ROWS - strips.start
        limit = self.smoothed.at(strip + strips.start, places - row * width)
        smoothed = _smoothed(self.frame, places + rows.start * width)
        high = np.flatnonzero(smoothed > limit)
        return places.take(high), smoothed.take(high)

    def _raised(self, rows: slice, strips: slice) -> Places:
        """Return the places of pixels of some rows that are worth a look; parts of a strip at both ends are allowed."""
        width, limits = self.frame.shape[1], self.worth_a_look.of(strips)
        raised = np.empty((rows.stop - rows.start, width), dtype=bool)
        head = (_REACH - rows.start) % _STRIP_ROWS
        foot = raised.shape[0] - (rows.stop - _REACH) % _STRIP_ROWS
        pixels = self.frame[rows]
        np.greater(pixels[:head], limits[0], out=raised[:head])
        whole = (-1, _STRIP_ROWS, width)
        between = limits[bool(head) : limits.shape[0] - (foot < raised.shape[0]), None]
        np.greater(pixels[head:foot].reshape(whole), between, out=raised[head:foot].reshape(whole))
        np.greater(pixels[foot:], limits[-1], out=raised[foot:])
        raised[:, :_REACH] = raised[:, width - _REACH :] = False
        return places_of(raised.reshape(-1))


def _higher_than_beside(places: Places, heights: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which of some pixels, in rising order, are higher than those right before and after them."""
    higher = np.ones(places.size, dtype=bool)
    beside = np.diff(places) == 1
    rises = heights[1:] >= heights[:-1]
    higher[:-1] &= ~(beside & rises)
    higher[1:] &= ~beside | rises
    return higher


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


def _surroundings(frame: NDArray[np.float32], row: Places, *, column: Places) -> Floats:
    """Return the mean of the middle four of the values on a ring round each place."""
    place = row * frame.shape[1] + column
    ring = frame.reshape(-1).take(place + _ring(frame.shape[1])[:, None])
    middle = ranked(ring)[_RING_POINTS // 2 - 2 : _RING_POINTS // 2 + 2]
    return np.asarray(np.stack(middle).mean(axis=0, dtype=np.float64))


def _ring(width: int) -> Places:
    """Return how far the points of the ring lie from its middle, row after row of a frame so wide."""
    angle = 2.0 * np.pi * np.arange(_RING_POINTS) / _RING_POINTS
    down, right = np.rint(_RING_PX * np.sin(angle)).astype(int), np.rint(_RING_PX * np.cos(angle)).astype(int)
    return np.asarray(down * width + right)


def _beside_blank(peaks: Peaks, blank: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which peaks lie in a blank area or so near that their ring touches it."""
    place = peaks.row * blank.shape[1] + peaks.column
    around = np.append(_ring(blank.shape[1]), 0)
    return np.asarray(blank.reshape(-1).take(place + around[:, None]).any(axis=0))
