"""Fitting a frame onto the plane of a catalogue from a guess, and telling a true fit from a lucky one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.astrometry.votes import Guess, Points

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_COARSE_PX = (12.0, 6.0, 3.0)
_FINE_PX = (2.0, 1.0)
"""Radii of the last matches; which of them is the less lucky counts: the smaller one leaves blends of stars out."""
_ENOUGH_FOR_AFFINE = 8
_STARS_SHARE, _FEWEST_STARS = 3, 20
"""Stars of the frame for each of the catalogue that lies on it, at least so many: fainter ones match by luck alone."""
_FEWEST = 6
_CROWD_PX = (16.0, 48.0)
"""Distances within which the stars about each one are counted, as many more match by luck where they crowd."""
_BRIGHTEST, _BRIGHT_SHARE = 20, 0.1
"""So many of the brightest stars of the catalogue on the frame; a true fit matches this share even behind a roof."""
_WHOLE_SHARE = 0.75
"""With this share of them matched, no other fit can be a better one."""
_FIXED = {False: 2, True: 3}
"""Matches that a fit always reaches: two stars fix a similarity, three an affine one."""
LUCKY_LOG10 = -12.0
"""The chance of a solution by luck, as a power of ten, that is taken: one search looks at up to a million places."""


@dataclass(frozen=True)
class Fit:
    """A frame on the plane: ``matrix`` and ``shift`` take its points there; which stars were matched, how far apart.

    ``bright_share`` is the share that was matched of the brightest stars of the catalogue on the frame.
    """

    matrix: NDArray[np.float64]
    shift: NDArray[np.float64]
    stars: Places
    catalogue: Places
    residual_px: float
    luck_log10: float
    bright_share: float

    @property
    def is_sure(self) -> bool:
        """Return whether it is no luck."""
        enough = self.stars.size >= _FEWEST and self.bright_share >= _BRIGHT_SHARE
        return enough and self.luck_log10 <= LUCKY_LOG10

    @property
    def is_whole(self) -> bool:
        """Return whether it is sure, and so much of the sky is seen that no other fit need be looked for."""
        return self.is_sure and self.bright_share >= _WHOLE_SHARE


def fit(
    frame: Points, catalogue: Points, *, guess: Guess, size_px: tuple[float, float], coarse: bool = True
) -> Fit | None:
    """Fit a frame onto the plane, beginning at a guess, with ever closer matches.

    Args:
        frame: stars of the frame about its middle.
        catalogue: stars of the plane, brightest first.
        guess: where to begin.
        size_px: width and height of the frame.
        coarse: whether the guess may be some pixels off.

    Returns:
        The fit, or None where too few stars match.
    """
    cosine, sine = math.cos(guess.turn_rad), math.sin(guess.turn_rad)
    matrix, shift = np.array([[cosine, -sine], [sine, cosine]]), np.array([guess.x, guess.y])
    theirs = np.column_stack([catalogue.x, catalogue.y])
    on_frame = np.count_nonzero(_inside(theirs, matrix, shift=shift, size_px=size_px))
    stars = np.column_stack([frame.x, frame.y])[: max(_FEWEST_STARS, _STARS_SHARE * on_frame)]
    best: Fit | None = None
    for radius in (*_COARSE_PX, *_FINE_PX) if coarse else _FINE_PX:
        mine, other = matched(stars @ matrix.T + shift, theirs, radius=radius)
        if mine.size < _FEWEST - 1:
            break
        matrix, shift = _least_squares(stars[mine], theirs[other])
        if radius in _FINE_PX:
            made = _weighed((stars, theirs), (matrix, shift), pairs=(mine, other), radius=radius, size_px=size_px)
            if best is None or made.luck_log10 < best.luck_log10:
                best = made
    return best


def _weighed(
    points: tuple[Floats, Floats],
    placed: tuple[Floats, Floats],
    *,
    pairs: tuple[Places, Places],
    radius: float,
    size_px: tuple[float, float],
) -> Fit:
    """Return a fit with what it is worth: how likely so many pairs are by luck, and how many bright stars it has."""
    (stars, theirs), (matrix, shift), (mine, other) = points, placed, pairs
    there = stars @ matrix.T + shift
    residual = float(np.sqrt(((there[mine] - theirs[other]) ** 2).sum(axis=1).mean()))
    inside = _inside(theirs, matrix, shift=shift, size_px=size_px)
    even = np.count_nonzero(inside) * min(1.0, stars.shape[0] * math.pi * radius**2 / (size_px[0] * size_px[1]))
    luck = _luck_log10(mine.size, mean=max(even, crowded(there, theirs, radius=radius)))
    brightest = np.flatnonzero(inside)[: min(_BRIGHTEST, stars.shape[0])]
    share = float(np.isin(brightest, other).mean()) if brightest.size else 0.0
    return Fit(matrix, shift, mine, other, residual, luck, share)


def crowded(stars: Floats, theirs: Floats, *, radius: float) -> float:
    """Return how many pairs within a radius are expected by luck, from those that lie a little farther apart.

    In a cluster of stars an even field would be far too kind: any two clusters laid on each other match in many places.
    """
    apart = _apart(stars, theirs)
    near = (2.0 * radius) ** 2
    own = int(np.count_nonzero(apart <= near))
    around = [int(np.count_nonzero(apart <= far**2)) - own for far in _CROWD_PX]
    return max(_surely(count) * radius**2 / (far**2 - near) for count, far in zip(around, _CROWD_PX, strict=True))


def _surely(count: int) -> float:
    """Return what so many are the sign of at least: a few may be there by luck, and a crowd is many."""
    return max(0.0, count - 2.0 * math.sqrt(count))


def _luck_log10(count: int, *, mean: float) -> float:
    """Return the power of ten of the chance that so many match by luck at one of the radii that are tried."""
    free = count - _FIXED[count >= _ENOUGH_FOR_AFFINE]
    return min(0.0, tail_log10(free, mean=mean) + math.log10(len(_FINE_PX)))


def matched(stars: Floats, theirs: Floats, *, radius: float) -> tuple[Places, Places]:
    """Return pairs that are each other's nearest within a radius."""
    apart = _apart(stars, theirs)
    nearest = apart.argmin(axis=1)
    every = np.arange(stars.shape[0])
    mutual = (apart.argmin(axis=0)[nearest] == every) & (apart[every, nearest] <= radius**2)
    chosen = np.flatnonzero(mutual)
    return chosen, nearest[chosen]


def _apart(stars: Floats, theirs: Floats) -> Floats:
    """Return the square of the distance of each star from each of the catalogue."""
    return np.asarray((stars[:, :1] - theirs[:, 0]) ** 2 + (stars[:, 1:] - theirs[:, 1]) ** 2, np.float64)


def _least_squares(stars: Floats, theirs: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return matrix and shift that bring stars onto the catalogue: any matrix for many, turn and scale for few."""
    if stars.shape[0] >= _ENOUGH_FOR_AFFINE:
        design = np.column_stack([stars, np.ones(stars.shape[0])])
        solved = np.linalg.lstsq(design, theirs, rcond=None)[0]
        return np.asarray(solved[:2].T, np.float64), np.asarray(solved[2], np.float64)
    mean, goal = stars.mean(axis=0), theirs.mean(axis=0)
    own, other = (stars - mean) @ np.array([1.0, 1j]), (theirs - goal) @ np.array([1.0, 1j])
    factor = complex((own.conj() * other).sum() / max(float((abs(own) ** 2).sum()), 1e-12))
    matrix = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return matrix, goal - matrix @ mean


def _inside(theirs: Floats, matrix: Floats, *, shift: Floats, size_px: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which stars of the catalogue lie on the frame."""
    if abs(float(np.linalg.det(matrix))) < 1e-9:
        return np.full(theirs.shape[0], True)
    back = np.linalg.solve(matrix, (theirs - shift).T)
    return np.asarray((abs(back[0]) <= size_px[0] / 2.0) & (abs(back[1]) <= size_px[1] / 2.0))


def tail_log10(count: int, *, mean: float) -> float:
    """Return the power of ten of the chance of so many matches or more where ``mean`` are expected by luck (Poisson).

    An upper bound: the first term, by the geometric series that lies above the rest.
    """
    if count <= mean:
        return 0.0
    first = count * math.log(max(mean, 1e-12)) - mean - math.lgamma(count + 1)
    return (first - math.log(max(1.0 - mean / (count + 1), 1e-3))) / math.log(10.0)
