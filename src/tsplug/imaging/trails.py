"""Trails of satellites and aeroplanes: long straight lines of candidates that are no stars."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.candidates import Candidates
from tsplug.imaging.lanes import in_order, slices

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# Second moments are taken of 7x7 pixels of the 2x2 frame: a line's long axis is 2 px there, a star's hardly over 1.
_HALF = 3
_TOGETHER = 4096
_ELONGATED = 2.2
# What spreads over all of those, by its variance in px^2, is looked at again through every second pixel, every fourth.
_SPREAD, _SPACINGS = 1.8, (1, 2, 4)
# So many of the elongated candidates are paired with each other.
_PAIRED = 400
_PARALLEL_DEG = 12.0
_BIN_DEG, _BIN_PX = 1.0, 8.0
_MOST_TRAILS = 12
_FEWEST, _NEAR_PX, _GAP_PX = 10, 5.0, 60.0
_SHORTEST_PX = 150.0
# A trail is a chain of peaks a few pixels apart; stars that happen to lie in a line are farther, but where there are so
# many of them that any line passes as many.
_APART_PX, _CROWD = 20.0, 2.0
# A star on a trail stands out of it.
_STAR_ON_TRAIL = 4.0


@dataclass(frozen=True)
class Trail:
    """A straight trail: its ends on the frame in px."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def length_px(self) -> float:
        """Return the length."""
        return math.hypot(self.x2 - self.x1, self.y2 - self.y1)


@dataclass(frozen=True)
class _Line:
    """Points with angle * x = offset, the angle being that of the line's direction."""

    angle: float
    offset: float

    def away(self, x: Floats, y: Floats) -> Floats:
        return np.asarray(y * math.cos(self.angle) - x * math.sin(self.angle) - self.offset)

    def along(self, x: Floats, y: Floats) -> Floats:
        return np.asarray(x * math.cos(self.angle) + y * math.sin(self.angle))

    def at(self, along: float) -> tuple[float, float]:
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return along * cosine - self.offset * sine, along * sine + self.offset * cosine


def find_trails(binned: NDArray[np.float32], candidates: Candidates) -> tuple[tuple[Trail, ...], NDArray[np.bool_]]:
    """Return the trails of a frame, and which candidates are pieces of them.

    Elongated candidates that lie in the direction of each other's long axes vote, pair by pair, for the line through
    both; a line that gathers many more votes than stars that are all long the same way would give it, and on which
    candidates follow each other closely, is a trail.

    Args:
        binned: the 2x2 frame.
        candidates: what was found on it.
    """
    on_trail = np.zeros(candidates.x.size, dtype=bool)
    if candidates.x.size < _FEWEST:
        return (), on_trail
    shapes = _Shapes(binned, candidates)
    x, y = candidates.x.astype(np.float64), candidates.y.astype(np.float64)
    trails: list[Trail] = []
    for _ in range(_MOST_TRAILS):
        free = shapes.first_long(~on_trail)
        line = _most_voted(x[free], y[free], angle=shapes.angle[free])
        if line is None:
            break
        found = _followed(line, (x, y), free=~on_trail, shapes=shapes)
        if found is None:
            break
        trail, pieces = found
        on_trail[pieces] = True
        trails.append(trail)
    return tuple(trails), _without_stars(candidates, on_trail)


class _Shapes:
    """How elongated candidates are and in which direction (radians), measured as far as that is asked for."""

    def __init__(self, binned: NDArray[np.float32], candidates: Candidates) -> None:
        self._binned, self._candidates = binned, candidates
        self._ratio, self.angle = (np.full(candidates.x.size, np.nan) for _ in range(2))
        self.spacing = np.ones(candidates.x.size, dtype=np.int64)
        self.area_px2 = 4.0 * binned.size

    def first_long(self, free: NDArray[np.bool_]) -> Places:
        """Return the brightest free candidates that are elongated, as many as are paired."""
        count, seen = self._ratio.size, 0
        while True:
            # Some parts at once keep two threads busy; the brightest candidates have most of what is elongated.
            seen = min(seen + 2 * _TOGETHER, count)
            self._measure(np.arange(seen))
            found = np.flatnonzero((self._ratio[:seen] > _ELONGATED) & free[:seen])[:_PAIRED]
            if found.size == _PAIRED or seen == count:
                return found

    def are_long(self, places: Places) -> NDArray[np.bool_]:
        """Tell which candidates are elongated."""
        self._measure(places)
        return np.asarray(self._ratio[places] > _ELONGATED)

    def _measure(self, places: Places) -> None:
        places = places[np.isnan(self._ratio[places])]

        def measure(part: slice) -> None:
            some = places[part]
            for spacing in _SPACINGS:
                ratio, self.angle[some], spread = _elongations(
                    self._binned, self._candidates.pick(some), spacing=spacing
                )
                self._ratio[some], self.spacing[some] = ratio, spacing
                some = some[(spread > _SPREAD) & (ratio <= _ELONGATED)]
                if not some.size:
                    break

        in_order(measure, slices(places.size, _TOGETHER))


def _elongations(
    binned: NDArray[np.float32], candidates: Candidates, *, spacing: int
) -> tuple[Floats, Floats, NDArray[np.float32]]:
    """Return of what lies round each candidate the ratio of the axes, the direction of the long one, and the spread.

    The direction is in radians; the spread is the mean variance along two axes, in units of the squared ``spacing`` of
    the pixels that are looked at.
    """
    height, width = binned.shape
    half = _HALF * spacing
    row = np.clip(candidates.y // 2, half, height - half - 1)
    column = np.clip(candidates.x // 2, half, width - half - 1)
    span = np.arange(-_HALF, _HALF + 1)
    apart, steps = spacing * span, span.astype(np.float32)[:, None]
    values = binned.reshape(-1).take(row * width + column + (apart[:, None] * width + apart)[:, :, None])
    # Only what is clearly light counts: noise in the corners would make everything round.
    sky = 4.0 * candidates.level
    floor = (sky + 0.25 * (values[_HALF, _HALF] - sky)).astype(np.float32)
    np.maximum(np.subtract(values, floor, out=values), np.float32(0.0), out=values)
    across, down = values.sum(axis=0), values.sum(axis=1)
    slanted = np.multiply(values, steps, out=values).sum(axis=1)
    flux = np.maximum(down.sum(axis=0), np.float32(1e-6))
    mean_x, mean_y = (across * steps).sum(axis=0) / flux, (down * steps).sum(axis=0) / flux
    xx = (across * steps**2).sum(axis=0) / flux - mean_x**2
    yy = (down * steps**2).sum(axis=0) / flux - mean_y**2
    xy = (slanted * steps).sum(axis=0) / flux - mean_x * mean_y
    spread, apart = (xx + yy) / 2.0, np.hypot((xx - yy) / 2.0, xy)
    ratio = np.sqrt((spread + apart) / np.maximum(spread - apart, 0.05))
    angle = np.asarray(0.5 * np.arctan2(2.0 * xy, xx - yy), dtype=np.float64)
    return np.asarray(ratio, dtype=np.float64), angle, spread


def _most_voted(x: NDArray[Any], y: NDArray[Any], *, angle: NDArray[Any]) -> _Line | None:
    """Return the line that most pairs agree on, as far as their directions tell."""
    if x.size < _FEWEST:
        return None
    # The first one's direction rules most pairs out: the second one's is asked of the others only.
    x, y, angle = (each.astype(np.float32) for each in (x, y, angle))
    first, second = _pairs(x.size)
    along = _lie_along((x, y), angle, pairs=(first, second))
    first, second = first[along], second[along]
    back = _lie_along((x, y), angle, pairs=(second, first))
    first, second = first[back], second[back]
    if first.size < _FEWEST:
        return None
    right, down = x[second] - x[first], y[second] - y[first]
    # Lines have no end: their directions go from 0 to 180 degrees.
    turned = np.where((down < 0) | ((down == 0) & (right < 0)), np.float32(-1.0), np.float32(1.0))
    right, down = right * turned, down * turned
    offset = (y[first] * right - x[first] * down) / np.hypot(right, down)
    return _densest(np.arctan2(down, right), offset)


@lru_cache(maxsize=2)
def _pairs(count: int) -> tuple[Places, Places]:
    """Return all pairs of so many things, which are as many as are paired in nearly every search."""
    first, second = np.triu_indices(count, 1)
    return first, second


def _lie_along(
    places: tuple[NDArray[Any], NDArray[Any]], angle: NDArray[Any], *, pairs: tuple[Places, Places]
) -> Places:
    """Return in which pairs the second lies along the direction of the first, and far enough from there to tell."""
    first, second = pairs
    apart_x, apart_y = (each.take(second) - each.take(first) for each in places)
    # The sine between the direction and the way there, times the distance.
    aside = apart_x * np.sin(angle).take(first)
    aside -= apart_y * np.cos(angle).take(first)
    apart_x *= apart_x
    apart_y *= apart_y
    squared = np.add(apart_x, apart_y, out=apart_x)
    aside *= aside
    along = aside < math.sin(math.radians(_PARALLEL_DEG)) ** 2 * squared
    return np.flatnonzero(along & (squared > (4.0 * _BIN_PX) ** 2))


def _densest(direction: NDArray[Any], offset: NDArray[Any]) -> _Line:
    width = math.radians(_BIN_DEG)
    turn = (direction / width).astype(np.int64)
    place = np.floor(offset / _BIN_PX).astype(np.int64)
    place -= place.min()
    cells = turn * (place.max() + 1) + place
    best = np.bincount(cells).argmax()
    inside = cells == best
    return _Line(float(np.median(direction[inside])), float(np.median(offset[inside])))


def _followed(
    line: _Line, places: tuple[Floats, Floats], *, free: NDArray[np.bool_], shapes: _Shapes
) -> tuple[Trail, Places] | None:
    """Return the trail along a line and the candidates on it, or None where they do not follow each other closely."""
    x, y = places
    near = 3.0 * _NEAR_PX
    for _ in range(3):
        on = np.flatnonzero(free & (np.abs(line.away(x, y)) < near))
        sure = on[shapes.are_long(on)]
        if sure.size < _FEWEST:
            return None
        # What is seen through fewer pixels is so much wider.
        line, near = _through(x[sure], y[sure]), _NEAR_PX * float(np.median(shapes.spacing[sure]))
    on = np.flatnonzero(free & (np.abs(line.away(x, y)) < near))
    along = line.along(x[on], y[on])
    order = np.argsort(along)
    on, along = on[order], along[order]
    runs = np.split(np.arange(on.size), np.flatnonzero(np.diff(along) > _GAP_PX) + 1)
    run = max(runs, key=len)
    length = along[run[-1]] - along[run[0]]
    by_chance = x.size / shapes.area_px2 * 2.0 * near * length
    sparse = run.size < max(_FEWEST, length / _APART_PX, _CROWD * by_chance)
    if sparse or length < _SHORTEST_PX or np.count_nonzero(shapes.are_long(on[run])) < 0.5 * run.size:
        return None
    # A trail may be interrupted by a bright star, or flash; its runs are one trail.
    kept = np.concatenate([each for each in runs if each.size >= 3])
    (x1, y1), (x2, y2) = line.at(float(along[kept[0]])), line.at(float(along[kept[-1]]))
    return Trail(x1, y1, x2, y2), on[kept]


def _through(x: Floats, y: Floats) -> _Line:
    """Return the line of least squared distances through points."""
    middle_x, middle_y = x - x.mean(), y - y.mean()
    xx, yy, xy = (middle_x**2).sum(), (middle_y**2).sum(), (middle_x * middle_y).sum()
    angle = 0.5 * math.atan2(2.0 * xy, xx - yy)
    return _Line(angle, float(y.mean() * math.cos(angle) - x.mean() * math.sin(angle)))


def _without_stars(candidates: Candidates, on_trail: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave those out that are much brighter than the pieces of trails usually are: stars that a trail runs over."""
    if not on_trail.any():
        return on_trail
    usual = float(np.median(candidates.peak[on_trail]))
    return on_trail & (candidates.peak < _STAR_ON_TRAIL * usual)
