"""Pairs of stars on a frame held against pairs of a catalogue: those of one length vote for turn and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_TURN_BIN_RAD, _PLACE_BIN_PX = np.radians(1.0), 20.0
_TURNS = 360
_WIDEST = 1_000_003
_DRAWERS = (1_021, 8_191, 65_521)
"""Primes; as many drawers serve as two votes each would fill, as looking through empty ones takes time too."""
_FEWEST_VOTES = 3
"""Two pairs that agree are no heap yet."""
_POSITION_ERROR_PX = 2.0
_MOST_STEPS = 12
_MOST_PAIRS = 60_000
"""Pairs that agree in length, at most, that are looked at in one go; the longest pairs of the frame come first."""


@dataclass(frozen=True)
class Points:
    """Points of a plane in pixels, x to the right and y down, brightest first."""

    x: Floats
    y: Floats

    def brightest(self, count: int) -> Points:
        """Return the first so many."""
        return Points(self.x[:count], self.y[:count])


@dataclass(frozen=True)
class Guess:
    """How a frame may lie on the catalogue's plane: turned by so many radians, its middle there, how many votes."""

    turn_rad: float
    x: float
    y: float
    votes: int


@dataclass(frozen=True)
class Pairs:
    """Pairs of points, the shortest first: how far apart, in which direction, and the middle between them."""

    length: Floats
    angle: Floats
    x: Floats
    y: Floats


def guesses(frame: Points, catalogue: Pairs, *, scale_error: float, reach_px: float, most: int = 6) -> list[Guess]:
    """Return how a frame may lie on the plane of a catalogue, those with the most votes first, three at least.

    Two stars of the frame and two of the catalogue that are as far apart tell a turn, in two ways, and a place of the
    frame's middle. Those of the true pairs pile up; others are spread over the sky that is searched.

    Args:
        frame: stars of the frame about its middle.
        catalogue: pairs of stars about the place that is expected, at the scale that is expected.
        scale_error: share by which the scale may differ.
        reach_px: how far the middle may be from the place that is expected.
        most: how many guesses to return.
    """
    own = all_pairs(frame, shortest_px=0.1 * _extent(frame))
    theirs = catalogue
    if not own.length.size or not theirs.length.size:
        return []
    mine, other = _of_one_length(own, theirs, scale_error=scale_error)
    turn = theirs.angle[other] - own.angle[mine]
    cosine, sine = np.cos(turn), np.sin(turn)
    right = cosine * own.x[mine] - sine * own.y[mine]
    down = sine * own.x[mine] + cosine * own.y[mine]
    found = []
    # Either star of a pair may be either of the other: half a turn turns all signs.
    for half, sign in ((0.0, 1.0), (np.pi, -1.0)):
        x, y = theirs.x[other] - sign * right, theirs.y[other] - sign * down
        near = x * x + y * y <= reach_px * reach_px
        found.append((np.mod(turn[near] + half, 2.0 * np.pi), x[near], y[near]))
    turn, x, y = (np.concatenate(each) for each in zip(*found, strict=True))
    return _heaps(turn, (x, y), most=most)


def all_pairs(points: Points, *, shortest_px: float = 0.0) -> Pairs:
    """Return all pairs of points that are so far apart at least, the shortest first."""
    first, second = np.triu_indices(points.x.size, 1)
    return _pairs(points, (first, second), shortest_px=shortest_px)


def local_pairs(points: Points, *, reach_px: float, field_px: tuple[float, float], count: int) -> Pairs:
    """Return the pairs among the brightest points of each part of a plane that is about as large as a frame.

    What is bright in one part of the sky is not in another: a frame shows the brightest of its own.

    Args:
        points: the plane's, brightest first.
        reach_px: how far from the middle of the plane that of a frame may be.
        field_px: width and height of a frame.
        count: how many points of each part.
    """
    spacing = max(0.5 * min(field_px), reach_px / _MOST_STEPS)
    radius = 0.5 * float(np.hypot(*field_px)) + 0.35 * spacing
    steps = np.arange(-int(reach_px / spacing) - 1, int(reach_px / spacing) + 2) * spacing
    parts = []
    for x in steps:
        column = np.flatnonzero(abs(points.x - x) <= radius)
        parts += [
            column[np.hypot(points.x[column] - x, points.y[column] - y) <= radius][:count]
            for y in steps[np.hypot(x, steps) <= reach_px + spacing]
        ]
    return _pairs(points, _pairs_within(parts), shortest_px=0.0)


def _pairs_within(parts: Sequence[Places]) -> tuple[Places, Places]:
    """Return the pairs of points that are in one of some parts together, each once, as the ends' numbers."""
    chosen = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    # A mark for each pair that is possible finds doubles in a tenth of the time of sorting them.
    marks = np.zeros((chosen.size, chosen.size), bool)
    upper = np.triu(np.ones((max((part.size for part in parts), default=0),) * 2, bool), 1)
    for part in parts:
        own = np.searchsorted(chosen, part)
        marks[np.ix_(own, own)] |= upper[: own.size, : own.size]
    first, second = np.nonzero(marks)
    return chosen[first], chosen[second]


def _extent(points: Points) -> float:
    return float(np.hypot(np.ptp(points.x), np.ptp(points.y))) if points.x.size else 0.0


def _pairs(points: Points, ends: tuple[Places, Places], *, shortest_px: float) -> Pairs:
    """Return pairs by their points, the shortest first, each with its middle."""
    first, second = ends
    right, down = points.x[second] - points.x[first], points.y[second] - points.y[first]
    length = np.hypot(right, down)
    kept = np.flatnonzero(length >= shortest_px)
    kept = kept[np.argsort(length[kept], kind="stable")]
    first, second = first[kept], second[kept]
    return Pairs(
        length[kept],
        np.arctan2(down[kept], right[kept]),
        (points.x[first] + points.x[second]) / 2.0,
        (points.y[first] + points.y[second]) / 2.0,
    )


def _of_one_length(own: Pairs, theirs: Pairs, *, scale_error: float) -> tuple[Places, Places]:
    """Return which pairs of the frame are as long as which of the catalogue."""
    low = np.searchsorted(theirs.length, own.length * (1.0 - scale_error) - _POSITION_ERROR_PX)
    high = np.searchsorted(theirs.length, own.length * (1.0 + scale_error) + _POSITION_ERROR_PX)
    # Long pairs tell the turn best.
    order = np.arange(own.length.size)[::-1]
    count = (high - low)[order]
    count = count[: int(np.searchsorted(np.cumsum(count), _MOST_PAIRS, side="right"))]
    order = order[: count.size]
    mine = np.repeat(order, count)
    start = np.repeat(low[order], count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return mine, start + within


def _heaps(turn: Floats, places: tuple[Floats, Floats], *, most: int) -> list[Guess]:
    """Return where votes pile up; two grids, half a cell apart, as a heap may lie on a border of one."""
    found: list[Places] = []
    x, y = places
    drawers = next((count for count in _DRAWERS if count >= 2 * turn.size), _DRAWERS[-1])
    for shift in (0.0, 0.5):
        turns = np.floor(turn / _TURN_BIN_RAD + shift).astype(np.int64) % _TURNS
        across, down = (np.floor(each / _PLACE_BIN_PX + shift).astype(np.int64) for each in (x, y))
        key = (turns * _WIDEST + across) * _WIDEST + down
        # Counting in drawers, which cells far apart may share, takes a tenth of the time of sorting the cells.
        drawer = key % drawers
        votes = np.bincount(drawer, minlength=drawers)
        for place in np.argpartition(-votes, most)[:most]:
            inside = np.flatnonzero(drawer == place) if votes[place] >= _FEWEST_VOTES else np.zeros(0, np.int64)
            cells, counts = np.unique(key[inside], return_counts=True)
            if counts.max(initial=0) >= _FEWEST_VOTES:
                found.append(inside[key[inside] == cells[counts.argmax()]])
    highest = sorted(found, key=len, reverse=True)[:most]
    return [_heap(turn[members], (x[members], y[members])) for members in highest]


def _heap(turn: Floats, places: tuple[Floats, Floats]) -> Guess:
    """Return the middle of a heap of votes."""
    around = float(np.angle(np.exp(1j * turn).mean()))
    x, y = (float(np.median(each)) for each in places)
    return Guess(around, x, y, turn.size)
