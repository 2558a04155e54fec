"""Finding where a frame looks, from its stars, a catalogue, and what is known of scale and place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.astrometry.fitting import Fit, fit
from tsplug.imaging.astrometry.sky_plane import to_plane, to_sphere
from tsplug.imaging.astrometry.votes import Guess, Points, guesses, local_pairs
from tsplug.imaging.astrometry.wcs import Wcs
from tsplug.model import SkyStars

Floats = NDArray[np.float64]

_STAGES = (12, 12, 25, 40)
"""How many of the brightest stars vote, one attempt after the other; the first looks no further than half a field,
and for no mirrored frame: that is where a mount that was centered has it."""
_FITTED = 200
_CATALOGUE_SHARE = 2.0
_ROUNDS = 2
_ARM_PX = 100.0
SCALE_ERROR = 0.02


@dataclass(frozen=True)
class FrameStars:
    """Stars of a frame, brightest first: pixels counted from 0 at the middle of the first; width and height."""

    x: Floats
    y: Floats
    width_px: int
    height_px: int

    def about_middle(self) -> Points:
        """Return them about the middle of the frame."""
        return Points(self.x - (self.width_px - 1) / 2.0, self.y - (self.height_px - 1) / 2.0)

    @property
    def diagonal_px(self) -> float:
        """Return the length of the diagonal."""
        return math.hypot(self.width_px, self.height_px)


@dataclass(frozen=True)
class Hint:
    """What is known of where a frame looks: a place in degrees, how far off that may be, arcseconds per pixel."""

    ra_deg: float
    dec_deg: float
    radius_deg: float
    scale_arcsec: float

    @property
    def centre(self) -> tuple[float, float]:
        """Return the place."""
        return self.ra_deg, self.dec_deg

    @property
    def scale_deg(self) -> float:
        """Return degrees per pixel."""
        return self.scale_arcsec / 3600.0


@dataclass(frozen=True)
class Matched:
    """Where a frame looks: its coordinates, how many stars were matched, how far apart, and the chance that it is luck.

    ``luck_log10`` is the power of ten of that chance; ``stars`` is 0 where a program does not tell them.
    """

    wcs: Wcs
    stars: int
    residual_arcsec: float
    luck_log10: float


def match_frame(stars: FrameStars, catalogue: SkyStars, *, hint: Hint) -> Matched | None:
    """Return where a frame looks, or None where nothing sure is found.

    Pairs of bright stars vote for turn and place; the heaps of votes are fitted by least squares, and a fit counts only
    if so many stars would not match by luck. Frames as the sky shows them are tried before mirrored ones.

    Args:
        stars: the frame's.
        catalogue: all within the frame's half diagonal and the hint's radius of its place.
        hint: where the frame may look, and its scale to two percent.
    """
    plane = _plane(catalogue, centre=hint.centre, scale_deg=hint.scale_deg)
    size = float(stars.width_px), float(stars.height_px)
    whole_px = hint.radius_deg / hint.scale_deg
    for stage, count in enumerate(_STAGES):
        reach_px = whole_px if stage else min(whole_px, 0.5 * min(size))
        share = round(_CATALOGUE_SHARE * count)
        pairs = local_pairs(plane, reach_px=reach_px, field_px=size, count=share)
        for flip in (1.0, -1.0) if stage else (1.0,):
            own = _flipped(stars, flip)
            chosen = guesses(own.brightest(count), pairs, scale_error=SCALE_ERROR, reach_px=reach_px)
            found = _attempt(own, plane, chosen=chosen, size_px=size)
            if found is not None:
                return _refined(stars, catalogue, found=found, flip=flip, hint=hint)
        if stage and count >= stars.x.size:
            break
    return None


def search_radius_deg(stars: FrameStars, hint: Hint) -> float:
    """Return how far from a hint's place stars of the catalogue count."""
    return hint.radius_deg + 0.55 * stars.diagonal_px * hint.scale_deg


def _flipped(stars: FrameStars, flip: float) -> Points:
    own = stars.about_middle()
    return Points(own.x * flip, own.y)


def _plane(catalogue: SkyStars, *, centre: tuple[float, float], scale_deg: float) -> Points:
    """Return the catalogue on the plane of a centre, in pixels: east to the left and north up, as on the sky."""
    east, north = to_plane(catalogue.ra_deg, catalogue.dec_deg, centre=centre)
    seen = np.isfinite(east)
    return Points(-east[seen] / scale_deg, -north[seen] / scale_deg)


def _attempt(own: Points, plane: Points, *, chosen: list[Guess], size_px: tuple[float, float]) -> Fit | None:
    """Return the best of the sure fits; the first that is whole is that."""
    reach, best = 0.6 * math.hypot(*size_px), None
    for guess in chosen:
        made = fit(own.brightest(_FITTED), _near(plane, guess, reach=reach), guess=guess, size_px=size_px)
        if made is None or not made.is_sure or not _plausible(made):
            continue
        if made.is_whole:
            return made
        if best is None or made.luck_log10 < best.luck_log10:
            best = made
    return best


def _near(plane: Points, guess: Guess, *, reach: float) -> Points:
    near = np.flatnonzero(np.hypot(plane.x - guess.x, plane.y - guess.y) <= reach)[: 3 * _FITTED]
    return Points(plane.x[near], plane.y[near])


def _plausible(made: Fit) -> bool:
    """Return whether both axes have about the expected scale and stand about upright on each other."""
    values = np.linalg.svd(made.matrix, compute_uv=False)
    return bool(np.all(abs(values - 1.0) <= 1.5 * SCALE_ERROR) and np.linalg.det(made.matrix) > 0.0)


def _refined(stars: FrameStars, catalogue: SkyStars, *, found: Fit, flip: float, hint: Hint) -> Matched:
    """Return the fit on the plane that touches the sky in the middle of the frame itself."""
    own, size = _flipped(stars, flip), (float(stars.width_px), float(stars.height_px))
    centre, scale_deg = hint.centre, hint.scale_deg
    for _ in range(_ROUNDS):
        nearer = _moved(centre, found, scale_deg=scale_deg)
        plane = _plane(catalogue, centre=nearer, scale_deg=scale_deg)
        guess = Guess(_turn_on(nearer, found, centre=centre, scale_deg=scale_deg), 0.0, 0.0, 0)
        near = _near(plane, guess, reach=0.6 * stars.diagonal_px)
        again = fit(own.brightest(_FITTED), near, guess=guess, size_px=size)
        if again is None or not again.is_sure or not _plausible(again):
            break
        centre, found = nearer, again
    (a, b), (c, d) = (-found.matrix * scale_deg).tolist()
    ra_deg, dec_deg = _moved(centre, found, scale_deg=scale_deg)
    middle = (stars.width_px - 1) / 2.0, (stars.height_px - 1) / 2.0
    wcs = Wcs(ra_deg, dec_deg, *middle, ((a * flip, b), (c * flip, d)))
    return Matched(wcs, int(found.stars.size), found.residual_px * hint.scale_arcsec, found.luck_log10)


def _turn_on(other: tuple[float, float], found: Fit, *, centre: tuple[float, float], scale_deg: float) -> float:
    """Return the turn of a fit on the plane of another centre: near a pole north lies elsewhere from there."""
    right = found.shift + found.matrix @ np.array([_ARM_PX, 0.0])
    east, north = -np.array([found.shift, right]).T * scale_deg
    x, y = to_plane(*to_sphere(east, north, centre=centre), centre=other)
    return math.atan2(-(y[1] - y[0]), -(x[1] - x[0]))


def _moved(centre: tuple[float, float], found: Fit, *, scale_deg: float) -> tuple[float, float]:
    """Return where the middle of the frame lies by a fit on the plane of a centre."""
    east, north = -found.shift * scale_deg
    ra, dec = to_sphere(np.array([east]), np.array([north]), centre=centre)
    return float(ra[0]), float(dec[0])
