"""The same stars on two frames: where they went, and how much less of their light arrived."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.astrometry.fitting import LUCKY_LOG10, crowded, fit, matched, tail_log10
from tsplug.imaging.astrometry.votes import Guess, Points, all_pairs, guesses
from tsplug.imaging.stars import StarList

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_BRIGHTEST = 80
_CELL_PX, _NEAR_PX = 6.0, 3.0
# Dithers and aiming stay within this share of the frame.
_FARTHEST = 0.3
_FEWEST = 5
_LEAST_SNR = 10.0
# So many of the brightest stars of both frames are fitted: faint ones tell nothing more, and take most of the time.
_FITTED, _FITTED_OF_REFERENCE = 100, 200
# So many of the brightest vote for a turn, one attempt after the other.
_STAGES = (15, 40)
# Focus changes the scale by far less; another reducer is another rig.
_SCALE_ERROR = 0.01
# The chance by luck, as a power of ten, that is taken of a frame that is not turned: it is looked for in some thousand
# places, a turned one in some hundred times as many.
_SHIFTED_LOG10 = -7.5
_RADII_PX = (3.0, 1.0)


@dataclass(frozen=True)
class StarMatch:
    """Pairs of stars on two frames: indices into both lists; the turn that brings the frame onto the reference."""

    stars: Places
    reference: Places
    turn_deg: float


def match_stars(stars: StarList, reference: StarList, *, shape: tuple[int, ...]) -> StarMatch | None:
    """Find a frame's stars on a reference frame of the same field, whatever the dither, however the camera is turned.

    Differences between the places of bright stars pile up at the shift between the frames, as they are or after a
    meridian flip. Where they do not, pairs of bright stars that are as far apart on both frames vote for a turn. What
    was guessed is fitted by least squares, and a fit counts only if so many stars would not match by luck.

    Args:
        stars: those of the frame.
        reference: those of the other one, of the same size.
        shape: rows and columns of both.

    Returns:
        The pairs, or None where fewer than five agree, or as many as chance would bring together.
    """
    own, theirs = _about_middle(stars, shape), _about_middle(reference, shape)
    placed = _placed(own, theirs, shape=shape)
    if placed is None:
        return None
    mine, other = matched(placed.there(own), _columns(theirs), radius=_NEAR_PX)
    return StarMatch(mine, other, placed.turn_deg)


def relative_transparency(stars: StarList, reference: StarList, *, match: StarMatch) -> float | None:
    """Return the share of the light of matched stars that arrived, against the reference: the median ratio of fluxes.

    None where too few of them are bright enough.
    """
    sure = (stars.snr[match.stars] >= _LEAST_SNR) & (reference.snr[match.reference] >= _LEAST_SNR)
    sure &= (stars.flux[match.stars] > 0) & (reference.flux[match.reference] > 0)
    if np.count_nonzero(sure) < _FEWEST:
        return None
    return float(np.median(stars.flux[match.stars][sure] / reference.flux[match.reference][sure]))


def _about_middle(stars: StarList, shape: tuple[int, ...]) -> Points:
    return Points(stars.x - (shape[1] - 1) / 2.0, stars.y - (shape[0] - 1) / 2.0)


@dataclass(frozen=True)
class _Placed:
    """How a frame lies on the reference: matrix and shift take its places there; the chance that this is luck."""

    matrix: Floats
    shift: Floats
    luck_log10: float

    def there(self, own: Points) -> Floats:
        """Return the places of stars on the reference, one a row."""
        return np.asarray(_columns(own) @ self.matrix.T + self.shift)

    @property
    def turn_deg(self) -> float:
        """Return by how much the frame is turned."""
        (a, b), (c, d) = self.matrix.tolist()
        return math.degrees(math.atan2(c - b, a + d)) % 360.0


def _placed(own: Points, theirs: Points, *, shape: tuple[int, ...]) -> _Placed | None:
    """Return how a frame lies on the reference: not turned or by a half, else in any way; None where that is luck."""
    own, theirs = own.brightest(_FITTED), theirs.brightest(_FITTED_OF_REFERENCE)
    farthest = _FARTHEST * min(shape)
    found = [
        placed
        for guess in _shifts(own, theirs, farthest=farthest)
        for placed in (_shifted(own, theirs, guess=guess, shape=shape), _fitted(own, theirs, guess=guess, shape=shape))
        if placed.luck_log10 <= _SHIFTED_LOG10
    ]
    if found:
        return min(found, key=lambda placed: placed.luck_log10)
    turned = (_fitted(own, theirs, guess=guess, shape=shape) for guess in _turns(own, theirs, farthest=farthest))
    return next((placed for placed in turned if placed.luck_log10 <= LUCKY_LOG10), None)


def _shifted(own: Points, theirs: Points, *, guess: Guess, shape: tuple[int, ...]) -> _Placed:
    """Return a frame that is shifted only: that leaves less to luck than a fit, which takes two or three stars."""
    placed = _Placed(math.cos(guess.turn_rad) * np.eye(2), np.array([guess.x, guess.y]), 0.0)
    area = float(shape[0] * shape[1])
    for radius in _RADII_PX:
        there, other = placed.there(own), _columns(theirs)
        mine, its = matched(there, other, radius=radius)
        if mine.size < _FEWEST:
            break
        even = own.x.size * theirs.x.size * math.pi * radius**2 / area
        mean = max(even, crowded(there, other, radius=radius))
        luck = min(placed.luck_log10, tail_log10(mine.size - 1, mean=mean))
        placed = replace(placed, shift=placed.shift + (other[its] - there[mine]).mean(axis=0), luck_log10=luck)
    return placed


def _fitted(own: Points, theirs: Points, *, guess: Guess, shape: tuple[int, ...]) -> _Placed:
    """Return a frame that is fitted from a guess; as mere luck where it would turn and scale as no camera does."""
    made = fit(own, theirs, guess=guess, size_px=(float(shape[1]), float(shape[0])))
    if made is None:
        return _Placed(np.eye(2), np.zeros(2), 0.0)
    scales = np.linalg.svd(made.matrix, compute_uv=False)
    plausible = bool(np.all(abs(scales - 1.0) <= 1.5 * _SCALE_ERROR) and np.linalg.det(made.matrix) > 0.0)
    return _Placed(made.matrix, made.shift, made.luck_log10 if plausible else 0.0)


def _columns(points: Points) -> Floats:
    return np.column_stack([points.x, points.y])


def _shifts(own: Points, theirs: Points, *, farthest: float) -> Iterator[Guess]:
    """Yield the shift that most stars agree on, as they are and after half a turn."""
    for turn_rad, sign in ((0.0, 1.0), (math.pi, -1.0)):
        bright = own.brightest(_BRIGHTEST)
        guess = _shift(Points(sign * bright.x, sign * bright.y), theirs.brightest(_BRIGHTEST), farthest=farthest)
        if guess is not None:
            yield Guess(turn_rad, *guess, votes=_FEWEST)


def _turns(own: Points, theirs: Points, *, farthest: float) -> Iterator[Guess]:
    """Yield how the frame may be turned, the likeliest first."""
    for count in _STAGES:
        pairs = all_pairs(theirs.brightest(count))
        yield from guesses(own.brightest(count), pairs, scale_error=_SCALE_ERROR, reach_px=farthest)
        if count >= max(own.x.size, theirs.x.size):
            break


def _shift(own: Points, theirs: Points, *, farthest: float) -> tuple[float, float] | None:
    """Return the shift that most differences agree on."""
    right = (theirs.x - own.x[:, None]).ravel()
    down = (theirs.y - own.y[:, None]).ravel()
    near = (np.abs(right) <= farthest) & (np.abs(down) <= farthest)
    right, down = right[near], down[near]
    if right.size < _FEWEST:
        return None
    across = int(2.0 * farthest / _CELL_PX) + 2
    column, row = (np.floor((each + farthest) / _CELL_PX).astype(np.int64) for each in (right, down))
    votes = np.bincount(row * across + column, minlength=across * across).reshape(across, across)
    # A shift may lie on the border of two cells: four neighbours are counted together.
    together = votes[:-1, :-1] + votes[1:, :-1] + votes[:-1, 1:] + votes[1:, 1:]
    top, left = np.unravel_index(int(together.argmax()), together.shape)
    inside = ((row == top) | (row == top + 1)) & ((column == left) | (column == left + 1))
    return float(np.median(right[inside])), float(np.median(down[inside]))
