"""From peaks of the 2x2 frame to stars: a look at the full resolution tells hot pixels and cosmic rays apart."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.detection import Peaks
from tsplug.imaging.holes import filled_around
from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.ranking import highest_first

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_NEIGHBOURS = [n for n in range(9) if n != 4]
# A star's light falls on its neighbours too (spec/image-performance 3.4): even where stars are no wider than a pixel,
# they hold this share of its height, clearly more than their noise, and several do. Of a bright star most do, where a
# cosmic ray that crosses the pixels raises those on its way.
_NEIGHBOURS_SHARE, _NEIGHBOURS_SIGMA = 0.4, 3.0
_RAISED_SIGMA, _RAISED, _RAISED_OF_BRIGHT = 2.0, 3, 5
_FAINT_SIGMA, _ONE_MORE_SIGMA = 15.0, 15.0
# A bad column or row, or a ray along a diagonal, is one pixel wide: of what lies on a line through the peak, a star of
# 1.2 px has half as much beside it, in all six neighbours together and more than their noise; wider ones have more.
_BESIDE_SHARE, _BESIDE_SIGMA = 0.25, 2.5
# Neighbours opposite each other, counted without the peak.
_OPPOSITE = [(0, 7), (1, 6), (2, 5), (3, 4)]
# So many peaks' surroundings stay in the cache while they are looked at.
_TOGETHER = 4096
# Within one saturated star noise on its rim makes peaks of its own.
_ONE_STAR_PX = 4
_ONE_SATURATED_STAR_PX = 40


@dataclass(frozen=True)
class Candidates:
    """Star candidates, brightest first: the brightest pixel, its height over the sky, sky and noise per pixel there."""

    x: Places
    y: Places
    peak: Floats
    level: Floats
    noise: Floats
    significance: Floats
    saturated: NDArray[np.bool_]

    def pick(self, chosen: NDArray[np.bool_] | Places | slice) -> Candidates:
        """Return only the chosen candidates."""
        return Candidates(*(getattr(self, each.name)[chosen] for each in fields(self)))


@dataclass(frozen=True)
class Mosaic:
    """How bright the sky is in each colour of a mosaic, as a share of the mean: [row parity, column parity].

    All ones for a frame without colours.
    """

    shares: Floats

    @classmethod
    def none(cls) -> Mosaic:
        """Return what a monochrome frame has."""
        return cls(np.ones((2, 2)))

    @classmethod
    def of(cls, pixels: NDArray[Any]) -> Mosaic:
        """Measure a frame that was taken through a colour mosaic, from a sample of its pixels."""
        step = max(1, int((pixels.size / 40_000) ** 0.5) // 2) * 2
        medians = np.array([[float(np.median(pixels[y::step, x::step])) for x in range(2)] for y in range(2)])
        return cls(medians / medians.mean()) if (medians > 0).all() else cls.none()

    @property
    def is_plain(self) -> bool:
        """Tell whether all colours are alike."""
        return bool((self.shares == 1.0).all())

    def at(self, row: Places, column: Places) -> Floats:
        """Return the share of pixels."""
        if self.is_plain:
            return np.ones(1)
        return np.asarray(self.shares[row % 2, column % 2])


def confirm(peaks: Peaks, pixels: NDArray[Any], *, mosaic: Mosaic, saturated_adu: float) -> Candidates:
    """Return the peaks that are no hot pixels, each once and the highest first, by their brightest pixel.

    Args:
        peaks: those of the 2x2 frame.
        pixels: the full frame.
        mosaic: the sky's colours.
        saturated_adu: the level from which a pixel tells nothing of a star's height.
    """
    parts = slices(peaks.row.size, _TOGETHER) or [slice(0, 0)]
    # Row by row, as they come, neighbours are near each other in memory too.
    found = in_order(
        lambda part: _confirmed(peaks.pick(part), pixels, mosaic=mosaic, saturated_adu=saturated_adu), parts
    )
    height = np.concatenate([each for each, _ in found])
    names = [each.name for each in fields(Candidates)]
    every = Candidates(*(np.concatenate([getattr(part, name) for _, part in found]) for name in names))
    return _each_once(every.pick(highest_first(height)))


def _confirmed(
    peaks: Peaks, pixels: NDArray[Any], *, mosaic: Mosaic, saturated_adu: float
) -> tuple[Floats, Candidates]:
    x, y = _brightest(peaks, pixels, mosaic=mosaic)
    level, noise = peaks.level / 4.0, peaks.noise / 2.0
    rows, columns = np.repeat([-1, 0, 1], 3)[:, None], np.tile([-1, 0, 1], 3)[:, None]
    values = _around(pixels, (y, x), rows=rows, columns=columns).astype(np.float64)
    if pixels.dtype.kind == "f":
        values = filled_around(values)
    excess = values - (peaks.around / 4.0) * mosaic.at(y + rows, x + columns)
    peak, around = excess[4], excess[_NEIGHBOURS]
    raised = (around > _RAISED_SIGMA * noise).sum(axis=0)
    least = np.maximum(_NEIGHBOURS_SHARE * peak, _NEIGHBOURS_SIGMA * np.sqrt(8.0) * noise)
    wanted = _RAISED + (peak / noise - _FAINT_SIGMA) / _ONE_MORE_SIGMA
    total = around.sum(axis=0)
    genuine = (total >= least) & (raised >= np.clip(wanted, _RAISED, _RAISED_OF_BRIGHT))
    along = np.max([around[one] + around[other] for one, other in _OPPOSITE], axis=0)
    beside = np.maximum(_BESIDE_SHARE * (peak + along), _BESIDE_SIGMA * np.sqrt(6.0) * noise)
    genuine &= total - along >= beside
    saturated = values[4] >= saturated_adu
    found = Candidates(x, y, peak, level, noise, peaks.significance, saturated)
    return peaks.height[genuine], found.pick(genuine)


def _brightest(peaks: Peaks, pixels: NDArray[Any], *, mosaic: Mosaic) -> tuple[Places, Places]:
    """Return column and row of the brightest of the 4x4 pixels in and around each pixel of the 2x2 frame."""
    down, right = np.repeat(np.arange(-1, 3), 4), np.tile(np.arange(-1, 3), 4)
    row, column = 2 * peaks.row, 2 * peaks.column
    values = _around(pixels, (row, column), rows=down[:, None], columns=right[:, None])
    if not mosaic.is_plain or pixels.dtype.kind == "f":
        share = mosaic.at(row + down[:, None], column + right[:, None])
        values = values.astype(np.float64) - (peaks.around / 4.0) * share
        values = np.where(np.isfinite(values), values, -np.inf)
    best = _place_of_highest(values)
    return column + right[best], row + down[best]


def _around(pixels: NDArray[Any], places: tuple[Places, Places], *, rows: Places, columns: Places) -> NDArray[Any]:
    """Return the values at offsets from places (row and column): [offset, place]."""
    width = pixels.shape[1]
    found: NDArray[Any] = pixels.reshape(-1).take(places[0] * width + places[1] + (rows * width + columns))
    return found


def _place_of_highest(values: NDArray[Any]) -> Places:
    """Return which row is the highest in each column, the first of equal ones: whole rows are compared at once."""
    if values.dtype == np.uint16:
        # Of numbers that end with how far a row is from the last one, the highest tells both.
        last = values.shape[0] - 1
        told = values.astype(np.uint32) * np.uint32(last + 1)
        told += np.arange(last, -1, -1, dtype=np.uint32)[:, None]
        return np.asarray(last - (told.max(axis=0) % np.uint32(last + 1)), dtype=np.int64)
    highest, best = values[0].copy(), np.zeros(values.shape[1], dtype=np.int64)
    for place in range(1, values.shape[0]):
        higher = values[place] > highest
        np.copyto(highest, values[place], where=higher)
        np.copyto(best, place, where=higher)
    return best


def _each_once(found: Candidates) -> Candidates:
    """Leave out what is another maximum of a brighter star."""
    kept = found.pick(_first_of_each(found, _ONE_STAR_PX))
    bloated = np.flatnonzero(kept.saturated)
    lone = _first_of_each(kept.pick(bloated), _ONE_SATURATED_STAR_PX)
    whole = np.ones(kept.x.size, dtype=bool)
    whole[bloated[~lone]] = False
    return kept.pick(whole)


def _first_of_each(found: Candidates, near_px: int) -> NDArray[np.bool_]:
    """Tell which candidates have no brighter one within a distance: candidates come brightest first.

    In order of bands as high as the distance, and of columns within each, whoever is near follows within a few places
    in the same band or in the next one.
    """
    far = int(found.x.max(initial=0)) + 2 * near_px + 1
    key = found.y // near_px * far + found.x
    # Sorting keys that tell their places too takes a tenth of the time of finding the order of keys.
    key, order = np.divmod(np.sort(key * max(key.size, 1) + np.arange(key.size)), max(key.size, 1))
    x, y = found.x[order], found.y[order]
    alone = np.ones(order.size, dtype=bool)
    here = np.arange(order.size)
    below = np.searchsorted(key, key + (far - near_px))
    # Nobody is near to what lies behind the last one.
    ends = np.append(key, np.iinfo(key.dtype).max)
    for first, reach in ((here + 1, near_px), (below, far + near_px)):
        mine, there = here, first
        while mine.size:
            near = ends[there] <= key[mine] + reach
            mine, there = mine[near], there[near]
            close = np.hypot(x[mine] - x[there], y[mine] - y[there]) <= near_px
            alone[np.maximum(order[mine[close]], order[there[close]])] = False
            there = there + 1
    return alone
