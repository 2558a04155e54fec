"""Pieces of something long among candidates, as filaments of nebulae and spikes of bright stars are: no stars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.candidates import Candidates
from tsplug.imaging.lanes import in_order, slices

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
Places = NDArray[np.int64]

# Light is looked for in so many directions at these distances, in pixels of the 2x2 frame: beyond most stars' cores.
_DIRECTIONS, _RADII_PX = 16, (2.5, 3.5, 4.5)
# What has this share of its height on both sides, clearly more than noise, goes on there; of a star hardly any is left.
# A hot pixel on a filament is as high as it likes, and has next to it on all sides hardly more than what goes on.
_SHARE, _SIGMA, _SHARE_OF_NEXT = 0.3, 4.5, 0.8
# But not less either than where a line of a pixel's width goes through it: else it is a sharp star between others.
_LEAST_NEXT = 0.25
# Less tells as much beside such a piece: in the same square of so many pixels, or one next to it.
_SHARE_BESIDE, _SIGMA_BESIDE, _BESIDE_PX = 0.2, 2.5, 24
# Fainter ones do not count as stars anyway; from the second on noise hardly makes a star look so.
_LEAST_SIGNIFICANCE, _CLEAR_SIGNIFICANCE = 8.0, 12.0
# Where no more than this share of a sample of so many at most are pieces, all are stars: some look so by chance, the
# more the closer they are to each other. How many that are varies, too: by no more than so many of its deviations.
_SAMPLE, _BY_CHANCE, _BY_CHANCE_PX4, _CHANCE_SIGMA = 1024, 0.005, 15_000.0, 3.0
# Of faint ones noise makes more look so, and they have brighter neighbours. Filaments are mostly faint; what draws
# stars out draws out bright ones as well, and leaves them this share of that of faint ones at least.
_FAINT_PIECES, _FAINT_BY_CHANCE, _FAINT_TIMES, _BRIGHT_SHARE = 3, 0.05, 3.0, 0.3
# Where a smooth field, fitted to the others, foretells each direction as well as this, they are stars drawn out by the
# mount or the optics, unless they lie on one line: filaments bend. More terms need more of them.
_ALIKE, _ONE_LINE_PX, _PER_TERM = 0.75, 12.0, 1.5
# So many would show such a field. Fewer are pieces only among clearly more stars that are round and as bright, as a
# dragged frame has hardly any: so many for each that is drawn out at all, and so many at least.
_ENOUGH_FOR_A_FIELD, _ROUND_EACH, _FEWEST_ROUND = 24, 3, 10
_TOGETHER = 4096


def are_pieces(binned: Values, candidates: Candidates) -> NDArray[np.bool_]:
    """Tell which candidates have much of their light on two opposite sides too.

    None are where those lie the same way all over the frame, or turn smoothly over it, nor where they are few and
    hardly anything is round: that is how stars look while a mount drags or the field turns.

    Args:
        binned: the 2x2 frame.
        candidates: what was found on it; saturated ones are stars.
    """
    pieces = np.zeros(candidates.x.size, dtype=bool)
    bright = np.flatnonzero((candidates.significance >= _LEAST_SIGNIFICANCE) & ~candidates.saturated)
    is_clear = candidates.significance[bright] >= _CLEAR_SIGNIFICANCE
    clear, faint = (_Sample.of(binned, candidates.pick(bright[kind])) for kind in (is_clear, ~is_clear))
    by_chance = _BY_CHANCE_PX4 * (bright.size / (4.0 * binned.size)) ** 2
    neighbours = clear.size * by_chance
    is_chance = clear.pieces <= _BY_CHANCE * clear.size + neighbours + _CHANCE_SIGMA * math.sqrt(neighbours)
    if is_chance and faint.pieces <= _FAINT_PIECES + faint.size * (_FAINT_BY_CHANCE + _FAINT_TIMES * by_chance):
        return pieces
    parts = slices(bright.size, _TOGETHER) or [slice(0, 0)]
    looked = in_order(lambda part: _directions(binned, candidates.pick(bright[part])), parts)
    direction, certain = (np.concatenate(each) for each in zip(*looked, strict=True))
    bright_ones = candidates.pick(bright)
    wide, sure = 2 * max(binned.shape), bright_ones.pick(certain)
    places = (sure.x / wide, sure.y / wide)
    are_round = clear.size >= _FEWEST_ROUND and clear.share < _BRIGHT_SHARE * faint.share
    told = _are_enough(direction, certain=int(sure.x.size))
    if are_round or (told and not _are_drawn_out(direction[certain], places, wide_px=wide)):
        pieces[bright] = (direction >= 0) & _beside(certain, bright_ones)
    return pieces


@dataclass(frozen=True)
class _Sample:
    """How many of some candidates were looked at, and how many of those are certain pieces."""

    size: int
    pieces: int

    @classmethod
    def of(cls, binned: Values, candidates: Candidates) -> _Sample:
        """Look at some of the candidates, the brightest and the faintest alike."""
        chosen = candidates.pick(slice(None, None, max(1, -(-candidates.x.size // _SAMPLE))))
        return cls(chosen.x.size, int(np.count_nonzero(_directions(binned, chosen)[1])))

    @property
    def share(self) -> float:
        """Return which share are pieces."""
        return self.pieces / max(self.size, 1)


def _beside(certain: NDArray[np.bool_], candidates: Candidates) -> NDArray[np.bool_]:
    """Tell which candidates lie beside a certain piece."""
    row, column = candidates.y // _BESIDE_PX + 1, candidates.x // _BESIDE_PX + 1
    near = np.zeros((int(row.max()) + 2, int(column.max()) + 2), dtype=bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            near[row[certain] + down, column[certain] + right] = True
    return near[row, column]


def _directions(binned: Values, candidates: Candidates) -> tuple[Places, NDArray[np.bool_]]:
    """Return in which half of the directions candidates go on, -1 where they do not, and where that is certain."""
    found = np.full(candidates.x.size, -1, dtype=np.int64)
    certain = np.zeros(found.size, dtype=bool)
    place = candidates.y // 2 * binned.shape[1] + candidates.x // 2
    middle, ring = binned.reshape(-1).take(place), _ring(binned, place)
    noise = 2.0 * candidates.noise / math.sqrt(len(_RADII_PX))
    both = _on_both_sides(ring)
    # Between what goes on and what crosses it, or a star beside it, some directions show the sky.
    half = _DIRECTIONS // 2
    low = np.float32(0.5) * (ring[:half] + ring[half:]).min(axis=0)
    more = both.max(axis=0) - low
    may = np.flatnonzero(more > _SIGMA_BESIDE * noise)
    more, noise, low = more[may], noise[may], low[may]
    share = more / np.maximum(middle[may] - low, noise)
    beside = _next_to(binned, place[may]) - low
    hot = (more > _SHARE_OF_NEXT * beside) & (beside > _LEAST_NEXT * more)
    certain[may] = (more > _SIGMA * noise) & (hot | (share > _SHARE))
    may = may[hot | (share > _SHARE_BESIDE)]
    found[may] = both[:, may].argmax(axis=0)
    return found, certain


def _next_to(binned: Values, place: Places) -> Values:
    """Return the mean of the eight values next to each place."""
    flat, total = binned.reshape(-1), np.zeros(place.size, dtype=np.float32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if down or right:
                total += flat.take(place + (down * binned.shape[1] + right))
    return total / np.float32(8.0)


def _ring(binned: Values, place: Places) -> Values:
    """Return the mean of the values at all distances round places: [direction, place]."""
    angle, flat = 2.0 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS, binned.reshape(-1)
    total = np.zeros((_DIRECTIONS, place.size), dtype=np.float32)
    for radius in _RADII_PX:
        down, right = (np.rint(radius * each).astype(np.int64) for each in (np.sin(angle), np.cos(angle)))
        total += flat.take(place + (down * binned.shape[1] + right)[:, None])
    total *= np.float32(1.0 / len(_RADII_PX))
    return total


def _on_both_sides(ring: Values) -> Values:
    """Return what is at least there on two opposite sides, in half of the directions; a bend to the next is allowed."""
    near = np.maximum(ring, np.maximum(np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0)))
    half = _DIRECTIONS // 2
    return np.minimum(near[:half], near[half:])


def _are_enough(directions: Places, *, certain: int) -> bool:
    """Tell whether so many certain pieces are more than stars drawn out, beside which few are round."""
    if certain >= _ENOUGH_FOR_A_FIELD:
        return True
    drawn_out = int(np.count_nonzero(directions >= 0))
    return certain > 0 and directions.size - drawn_out >= max(_FEWEST_ROUND, _ROUND_EACH * drawn_out)


def _are_drawn_out(directions: Places, places: tuple[Floats, Floats], *, wide_px: int) -> bool:
    """Tell whether these are stars that a mount or optics drew out: smoothly over the frame, and not along one line."""
    if directions.size < 2:
        return False
    # Half of the directions are half a turn: twice the angle is a whole one.
    vectors = np.exp(4j * np.pi * directions / _DIRECTIONS)
    x, y = (each - each.mean() for each in places)
    models = [[np.ones(x.size)], [np.ones(x.size), x, y], [np.ones(x.size), x, y, x * x, x * y, y * y]]
    fits = (np.stack(terms, axis=1) for terms in models if x.size > _PER_TERM * len(terms))
    alike = any(_foretold(terms, vectors) > _ALIKE for terms in fits)
    across_px = wide_px * math.sqrt(max(0.0, float(np.linalg.eigvalsh(np.cov(x, y))[0])))
    return bool(alike and (x.size == 2 or across_px > _ONE_LINE_PX))


def _foretold(terms: Floats, vectors: NDArray[np.complex128]) -> float:
    """Return how well the field of all others foretells each direction: 1 is wholly, 0 not at all."""
    solver = np.linalg.pinv(terms)
    own = (terms * solver.T).sum(axis=1)
    others = terms @ (solver @ vectors) - own * vectors
    return float((vectors * others.conj()).real.sum() / max(float(np.abs(others).sum()), 1e-9))
