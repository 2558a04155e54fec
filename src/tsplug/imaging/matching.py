"""The same stars on two frames: where they went, and how much less of their light arrived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.stars import StarList

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_BRIGHTEST = 80
_CELL_PX, _NEAR_PX = 6.0, 3.0
# Dithers and aiming stay within this share of the frame.
_FARTHEST = 0.3
_FEWEST = 5
_LEAST_SNR = 10.0


@dataclass(frozen=True)
class StarMatch:
    """Pairs of stars on two frames: indices into both lists; ``turned`` by half a turn, as after a meridian flip."""

    stars: Places
    reference: Places
    turned: bool


def match_stars(stars: StarList, reference: StarList, *, shape: tuple[int, ...]) -> StarMatch | None:
    """Find a frame's stars on a reference frame of the same field, whatever the dither, and after a meridian flip.

    Differences between the places of bright stars pile up at the shift between the frames.

    Args:
        stars: those of the frame.
        reference: those of the other one, of the same size.
        shape: rows and columns of both.

    Returns:
        The pairs, or None where fewer than five agree, or too few for the number of stars.
    """
    found = [
        _matched(_turned(stars, shape) if turned else (stars.x, stars.y), reference, shape=shape)
        for turned in (False, True)
    ]
    turned = found[1][0].size > found[0][0].size
    mine, theirs = found[int(turned)]
    least = max(_FEWEST, 0.2 * min(stars.x.size, reference.x.size, _BRIGHTEST))
    return StarMatch(mine, theirs, turned) if mine.size >= least else None


def relative_transparency(stars: StarList, reference: StarList, *, match: StarMatch) -> float | None:
    """Return the share of the light of matched stars that arrived, against the reference: the median ratio of fluxes.

    None where too few of them are bright enough.
    """
    sure = (stars.snr[match.stars] >= _LEAST_SNR) & (reference.snr[match.reference] >= _LEAST_SNR)
    sure &= (stars.flux[match.stars] > 0) & (reference.flux[match.reference] > 0)
    if np.count_nonzero(sure) < _FEWEST:
        return None
    return float(np.median(stars.flux[match.stars][sure] / reference.flux[match.reference][sure]))


def _turned(stars: StarList, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    return shape[1] - 1.0 - stars.x, shape[0] - 1.0 - stars.y


def _matched(places: tuple[Floats, Floats], reference: StarList, *, shape: tuple[int, ...]) -> tuple[Places, Places]:
    x, y = places
    shift = _shift((x[:_BRIGHTEST], y[:_BRIGHTEST]), reference, farthest=_FARTHEST * min(shape))
    none = np.zeros(0, dtype=np.int64)
    if shift is None:
        return none, none
    apart = np.hypot(x[:, None] + shift[0] - reference.x, y[:, None] + shift[1] - reference.y)
    nearest = np.argmin(apart, axis=1)
    every = np.arange(x.size)
    # Each other's nearest: no star is paired twice.
    mutual = np.argmin(apart, axis=0)[nearest] == every
    chosen = np.flatnonzero(mutual & (apart[every, nearest] <= _NEAR_PX))
    return chosen, nearest[chosen]


def _shift(places: tuple[Floats, Floats], reference: StarList, *, farthest: float) -> tuple[float, float] | None:
    """Return the shift that most differences agree on."""
    right = (reference.x[:_BRIGHTEST] - places[0][:, None]).ravel()
    down = (reference.y[:_BRIGHTEST] - places[1][:, None]).ravel()
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
