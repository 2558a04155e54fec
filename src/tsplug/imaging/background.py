"""The sky under the stars: level and noise on a mesh of tiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.blank import filled, find_blank
from tsplug.imaging.lanes import in_order, slices

Floats = NDArray[np.float64]

# From the middle of a normal distribution down to its lowest twentieth the mean distance is 0.6573 sigma.
_LOWER_HALF = 0.6573
_LOWEST_SHARE = 0.05
# Neighbours differ by 0.954 sigma in the median: 0.6745 times the square root of two.
_MEDIAN_STEP = 1.0 / 0.9539
_CLEARLY_LESS = 0.85
# Tiles hold the square of this many samples, as far as they have them: enough for 4 % of a sigma.
_SAMPLES = 16
_FEW_TILES = 64
_TILE_ROWS_TOGETHER = 4
# Where this share of neighbours is alike, a tile may hold an area without sky; half of a tile must be sky.
_ALIKE, _LEAST_SKY = 1.0 / 16.0, 0.5
# Areas of one value that are brighter than the sky by more than this are saturated stars.
_BRIGHTER_SIGMA = 3.0


@dataclass(frozen=True)
class Background:
    """A mesh of sky levels and their noise over a frame: values [row of tiles, column of tiles] and the tiles' middles.

    Units are those of the frame it was made of, positions its pixels. ``blank`` are the pixels that no sky was seen in
    and ``measured`` the tiles that show enough of it; None in frames that show sky everywhere.
    """

    levels: Floats
    noises: Floats
    rows: Floats
    columns: Floats
    blank: NDArray[np.bool_] | None = None
    measured: NDArray[np.bool_] | None = None

    @property
    def level(self) -> float:
        """Return the typical level."""
        return float(np.median(self.levels if self.measured is None else self.levels[self.measured]))

    @property
    def noise(self) -> float:
        """Return the typical standard deviation."""
        return float(np.median(self.noises if self.measured is None else self.noises[self.measured]))

    def strips(self, rows: Floats, *, width: int) -> SkyStrips:
        """Return level and noise along some rows of the frame."""
        columns = np.arange(width, dtype=np.float64)
        across, down = _weights(self.columns, columns), _weights(self.rows, rows)
        meshes = [(self.levels, across), (self.noises, _inside(*across))]
        levels, noises = in_order(lambda each: _along(*each), meshes)
        return SkyStrips((levels, noises), (down, _inside(*down)))

    def at(self, row: Floats, column: Floats) -> tuple[Floats, Floats]:
        """Return level and noise at positions: bilinear between the tiles' middles.

        Beyond the outermost middles levels go on as they were going, so that a gradient is followed to the edge.
        """
        down, across = _weights(self.rows, row), _weights(self.columns, column)
        levels = _bilinear(self.levels, down, across=across)
        return levels, _bilinear(self.noises, _inside(*down), across=_inside(*across))


@dataclass(frozen=True)
class SkyStrips:
    """The sky along some rows of a frame: levels and noises of each row of tiles, and where rows lie among those."""

    along: tuple[NDArray[np.float32], NDArray[np.float32]]
    down: tuple[tuple[NDArray[np.int64], Floats], tuple[NDArray[np.int64], Floats]]

    def above(self, sigmas: float) -> StripLimits:
        """Return what lies so many deviations above the level along the rows."""
        levels, noises = self.along
        return StripLimits(levels, levels + np.float32(sigmas) * noises, self.down)


@dataclass(frozen=True)
class StripLimits:
    """A limit above the sky along some rows of a frame, as `SkyStrips` has the sky: of each row of tiles."""

    levels: NDArray[np.float32]
    limits: NDArray[np.float32]
    down: tuple[tuple[NDArray[np.int64], Floats], tuple[NDArray[np.int64], Floats]]

    def of(self, rows: slice) -> NDArray[np.float32]:
        """Return the limits along some of the rows, [row, column]."""
        (before, beyond), (_, share) = self.down
        first, second = before[rows], np.minimum(before[rows] + 1, self.limits.shape[0] - 1)
        share, beyond = share[rows], beyond[rows]
        limits = self.limits[second] - self.limits[first]
        limits *= share[:, None].astype(np.float32)
        limits += self.limits[first]
        outside = np.flatnonzero(beyond != share)
        if outside.size:
            # Outside the outermost tiles' middles levels go on as they were going, noises do not.
            rest = (beyond - share)[outside, None].astype(np.float32)
            limits[outside] += rest * (self.levels[second[outside]] - self.levels[first[outside]])
        return np.asarray(limits)

    def at(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the limits at places: by which of the rows they lie in, and by column."""
        (before, beyond), (_, share) = self.down
        width, last = self.limits.shape[1], self.limits.shape[0] - 1
        first = (before * width).take(row) + column
        second = (np.minimum(before + 1, last) * width).take(row) + column
        start = self.limits.reshape(-1).take(first)
        limits = self.limits.reshape(-1).take(second)
        limits -= start
        limits *= share.astype(np.float32).take(row)
        limits += start
        outside = np.flatnonzero((beyond != share).take(row))
        if outside.size:
            rest = (beyond - share).astype(np.float32).take(row[outside])
            levels = self.levels.reshape(-1)
            limits[outside] += rest * (levels.take(second[outside]) - levels.take(first[outside]))
        return np.asarray(limits)


def measure_background(frame: NDArray[np.float32], *, tile_px: int, least_noise: float) -> Background:
    """Measure level and noise of a frame tile by tile; no noise is taken to be below ``least_noise``.

    Of every tile a sample is sorted. Its level is the mean of the middle half, its noise what the lower half tells,
    which stars never reach (spec/image-performance 3.2). A tile that is brighter than those on its sides lead one to
    expect holds a large object, and counts with what they say. Areas of exactly one value, as registering and what is
    no number leave them, are no sky: tiles that are mostly such count with what those beside them lead one to expect.
    """
    tiles = _Tiles.of(frame.shape, tile_px)
    levels, noises, alike = _measured(frame, tiles)
    whole = Background(levels, noises, *tiles.middles)
    if alike.any():
        whole = _without_blank(whole, frame, tiles=tiles)
    noises = _median3(np.maximum(whole.noises, max(least_noise, 0.3 * whole.noise)))
    return replace(whole, levels=_without_objects(whole.levels, noises), noises=noises)


@dataclass(frozen=True)
class _Tiles:
    """Where tiles of a frame so wide begin, how high and wide they are, and every how many pixels they are sampled."""

    frame_width: int
    tops: NDArray[np.int64]
    lefts: NDArray[np.int64]
    height: int
    width: int
    steps: tuple[int, int]

    @classmethod
    def of(cls, shape: tuple[int, ...], tile_px: int) -> _Tiles:
        """Return the tiles of a frame."""
        tops, height = _tiles(shape[0], tile_px)
        lefts, width = _tiles(shape[1], tile_px)
        fewer = 1 if tops.size * lefts.size >= _FEW_TILES else 2
        steps = max(1, height // (_SAMPLES * fewer)), max(1, width // (_SAMPLES * fewer))
        return cls(shape[1], tops, lefts, height, width, steps)

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many rows and columns of tiles there are."""
        return self.tops.size, self.lefts.size

    @property
    def middles(self) -> tuple[Floats, Floats]:
        """Return rows and columns of the tiles' middles."""
        rows, columns = self.tops.astype(np.float64), self.lefts.astype(np.float64)
        return rows + (self.height - 1) / 2.0, columns + (self.width - 1) / 2.0

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the samples of a row of tiles lie from the beginning of its first row on, and the pixels beside them.

        [tile, sample]; beside the last column of the frame is that column.
        """
        down, right = self.steps
        rows = self.frame_width * np.arange(down // 2, self.height, down)
        columns = self.lefts[:, None] + np.arange(right // 2, self.width, right)
        both = (columns, np.minimum(columns + 1, self.frame_width - 1))
        first, beside = ((rows[:, None] + each[:, None]).reshape(self.lefts.size, -1) for each in both)
        return first, beside

    def samples(self, frame: NDArray[Any], part: slice, *, beside: bool = False) -> NDArray[Any]:
        """Return the samples of some rows of tiles, or the pixels to the right of them, [tile, sample]."""
        flat, places = frame.reshape(-1), self._places[beside]
        return np.concatenate([flat[top * self.frame_width :].take(places) for top in self.tops[part]])


def _measured(frame: NDArray[np.float32], tiles: _Tiles) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return level and noise of each tile, and whether many neighbours in it are alike."""
    levels, noises, alike = np.empty(tiles.shape), np.empty(tiles.shape), np.empty(tiles.shape, dtype=bool)

    def measure(part: slice) -> None:
        found = tiles.samples(frame, part)
        steps = np.abs(found - tiles.samples(frame, part, beside=True))
        found.sort(axis=1)
        levels[part], noise = (each.reshape(-1, tiles.lefts.size) for each in _sky_of(found))
        noises[part] = _less_slope(noise, steps)
        # The steps are sorted by now.
        alike[part] = (steps[:, int(_ALIKE * (steps.shape[1] - 1))] == 0.0).reshape(-1, tiles.lefts.size)

    in_order(measure, slices(tiles.tops.size, _TILE_ROWS_TOGETHER))
    return levels, noises, alike


def _without_blank(whole: Background, frame: NDArray[np.float32], *, tiles: _Tiles) -> Background:
    """Return the background without areas of one value; as it is where there are none.

    So it stays, too, where neighbours are mostly alike in all the rest: a sky without noise is no blank area.
    """
    blank = find_blank(frame, brightest=whole.level + _BRIGHTER_SIGMA * whole.noise)
    if blank is None:
        return whole
    every = slice(0, tiles.tops.size)
    found = tiles.samples(frame, every)
    steps = np.abs(found - tiles.samples(frame, every, beside=True))
    free = ~(tiles.samples(blank, every) | tiles.samples(blank, every, beside=True))
    seen = np.count_nonzero(free, axis=1) >= _LEAST_SKY * free.shape[1]
    if np.count_nonzero(steps[seen][free[seen]]) <= np.count_nonzero(free[seen]) / 2:
        return whole
    levels, noises = (np.where(seen, each.reshape(-1), np.nan) for each in (whole.levels, whole.noises))
    for tile in np.flatnonzero(seen & ~free.all(axis=1)):
        sky = free[tile]
        level, noise = _sky_of(np.sort(found[tile][None, sky], axis=1))
        levels[tile], noises[tile] = level[0], _less_slope(noise, steps[tile][None, sky])[0]
    levels, noises, measured = (each.reshape(tiles.shape) for each in (levels, noises, seen))
    return replace(whole, levels=filled(levels), noises=filled(noises), blank=blank, measured=measured)


def _tiles(size: int, tile_px: int) -> tuple[NDArray[np.int64], int]:
    """Return where tiles of equal size begin; the last ends with the frame, over part of the one before."""
    side = min(tile_px, size)
    count = -(-size // side)
    return np.rint(np.linspace(0, size - side, count)).astype(np.int64), side


def _less_slope(noises: Floats, steps: NDArray[np.float32]) -> Floats:
    """Return the noise that neighbouring pixels tell, which no gradient raises; the lower half's where that is less.

    Stars raise what neighbours tell and leave the lower half alone, so the lower half counts if it is clearly less.
    """
    steps.sort(axis=1)
    told = _MEDIAN_STEP * _middle_within_levels(steps).reshape(noises.shape)
    return np.where(noises < _CLEARLY_LESS * told, noises, told)


def _middle_within_levels(ranked: NDArray[np.float32]) -> Floats:
    """Return the median of each row of sizes in rising order, equal ones lying evenly over what is nearest to them.

    Whole numbers would let it come in steps, by up to a fifth where noise is hardly more than one of them.
    """
    count = ranked.shape[1]
    middle = ranked[:, count // 2, None]
    first, end = (ranked < middle).sum(axis=1), (ranked <= middle).sum(axis=1)
    rows = np.arange(first.size)
    level = middle[:, 0].astype(np.float64)
    before = np.where(first > 0, ranked[rows, np.maximum(first - 1, 0)], level)
    after = np.where(end < count, ranked[rows, np.minimum(end, count - 1)], level)
    low, high = (before + level) / 2.0, (after + level) / 2.0
    return np.asarray(low + (high - low) * (count / 2.0 - first) / (end - first))


def _sky_of(ranked: NDArray[np.float32]) -> tuple[Floats, Floats]:
    count = ranked.shape[1]
    middle = ranked[:, count // 4 : max(count // 4 + 1, count - count // 4)].mean(axis=1, dtype=np.float64)
    lower = ranked[:, int(_LOWEST_SHARE * count) : max(1, count // 2)].mean(axis=1, dtype=np.float64)
    return middle, (middle - lower) / _LOWER_HALF


def _without_objects(levels: Floats, noises: Floats) -> Floats:
    """Put what neighbours on opposite sides say in the place of tiles that are clearly brighter.

    Unlike a median over 3x3 tiles this follows slopes and bends: opposite neighbours on a slope have its level as mean.
    """
    if min(levels.shape) == 1:
        return levels
    padded = np.pad(levels, 1, mode="reflect", reflect_type="odd")
    height, width = levels.shape
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        ahead = padded[1 + down : 1 + down + height, 1 + right : 1 + right + width]
        behind = padded[1 - down : 1 - down + height, 1 - right : 1 - right + width]
        pairs.append((ahead + behind) / 2.0)
    expected = _middle_of_four(pairs)
    return np.where(levels > expected + noises, expected, levels)


def _middle_of_four(values: list[Floats]) -> Floats:
    """Return the median of four values each."""
    first, second, third, fourth = values
    upper = np.minimum(np.maximum(first, second), np.maximum(third, fourth))
    lower = np.maximum(np.minimum(first, second), np.minimum(third, fourth))
    return np.asarray((lower + upper) / 2.0)


def _median3(mesh: Floats) -> Floats:
    """Return the median of each tile and those around it; at the border only of those that exist."""
    padded = np.pad(mesh, 1, constant_values=np.nan)
    shifted = [padded[y : y + mesh.shape[0], x : x + mesh.shape[1]] for y in range(3) for x in range(3)]
    # What is no number comes last.
    nearby = np.sort(np.stack(shifted, axis=-1), axis=-1)
    last = np.count_nonzero(nearby == nearby, axis=-1, keepdims=True) - 1
    middle = [np.take_along_axis(nearby, place, axis=-1)[..., 0] for place in (last // 2, last - last // 2)]
    return np.asarray((middle[0] + middle[1]) / 2.0)


def _weights(middles: Floats, places: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the tile before each place and the share of the way to the next one, below 0 or above 1 outside."""
    if middles.size == 1:
        return np.zeros(places.shape, dtype=np.int64), np.zeros(places.shape)
    before = np.clip(np.searchsorted(middles, places, side="right") - 1, 0, middles.size - 2)
    return before, (places - middles[before]) / (middles[before + 1] - middles[before])


def _inside(before: NDArray[np.int64], share: Floats) -> tuple[NDArray[np.int64], Floats]:
    return before, np.clip(share, 0.0, 1.0)


def _along(mesh: Floats, across: tuple[NDArray[np.int64], Floats]) -> NDArray[np.float32]:
    before, share = across
    values = mesh.astype(np.float32)
    steps = np.diff(values, axis=1, append=values[:, -1:])
    along = steps.take(before, axis=1)
    along *= share.astype(np.float32)
    along += values.take(before, axis=1)
    return along


def _bilinear(
    mesh: Floats, down: tuple[NDArray[np.int64], Floats], *, across: tuple[NDArray[np.int64], Floats]
) -> Floats:
    (row, right_down), (column, right) = down, across
    flat, width = mesh.reshape(-1), mesh.shape[1]
    place, below = row * width, np.minimum(row + 1, mesh.shape[0] - 1) * width
    beside = np.minimum(column + 1, width - 1)
    corner = flat.take(place + column)
    upper = corner + right * (flat.take(place + beside) - corner)
    corner = flat.take(below + column)
    lower = corner + right * (flat.take(below + beside) - corner)
    return np.asarray(upper + right_down * (lower - upper))
