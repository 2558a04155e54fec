"""The radial profile of a star: the air's Moffat profile, and what defocus makes of it.

A star beside focus is the shadow of the aperture, a disc or a ring, blurred by the air. Its profile depends on two
numbers only: how large the disc is against the blur, and the central obstruction; so a few tables serve all stars.
Radii count in units in which half of the flux lies within `HFR_PER_ALPHA`, whatever the profile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.focus import disc_hfr_per_radius

Floats = NDArray[np.float64]

# 3.5 is what real seeing shows, and makes (1 + q)**-beta a product of multiplications and one square root.
BETA = 3.5
FWHM_PER_ALPHA = 2.0 * math.sqrt(2.0 ** (1.0 / BETA) - 1.0)
HFR_PER_ALPHA = math.sqrt(2.0 ** (1.0 / (BETA - 1.0)) - 1.0)
PEAK = (BETA - 1.0) / math.pi

STEPS = 128
"""Entries of a table in one unit of radius."""
FARTHEST = 32.0
"""The radius at which tables end."""

# Discs whose half-flux radius is a smaller part of the air's do not show; each kind is a quarter larger than the last.
_LEAST_RATIO = 0.5
_RATIO_STEP = 1.25
_MOST_KINDS = 24
_ARC_NODES = 400


@dataclass(frozen=True)
class Profile:
    """One profile as tables over the radius: brightness (total 1), and the same seen from the side.

    ``side`` is the brightness of an endless streak at a distance from its middle; ``end`` how much of a half-endless
    streak's brightness is there, from ``-FARTHEST`` before its end to ``FARTHEST`` behind it. ``pixel_hfr2`` is what
    averaging over pixels 1 wide adds to the squared half-flux radius, whatever the star's size.
    """

    values: NDArray[np.float32]
    side: NDArray[np.float32]
    end: NDArray[np.float32]
    fwhm: float
    pixel_hfr2: float

    def reach(self, fraction: Floats, *, of_side: bool = False) -> Floats:
        """Return the radius beyond which ``values`` (or ``side``) stay below each of the given values."""
        envelope = np.maximum.accumulate((self.side if of_side else self.values)[::-1])
        return np.asarray(FARTHEST - np.searchsorted(envelope, fraction) / STEPS, dtype=np.float64)


def kind_of(ratio: Floats) -> NDArray[np.int64]:
    """Return which kind of profile suits discs of a half-flux radius ``ratio`` times the air's: 0 is without a disc."""
    kinds = np.rint(np.log(np.maximum(ratio, 1e-9) / _LEAST_RATIO) / math.log(_RATIO_STEP)) + 1.0
    return np.asarray(np.clip(kinds, 0.0, _MOST_KINDS), dtype=np.int64)


@lru_cache(maxsize=128)
def profile(kind: int, obstruction: float) -> Profile:
    """Return a kind's tables for a central obstruction (fraction of the aperture's diameter)."""
    radii = np.arange(round(FARTHEST * STEPS) + 1) / STEPS
    if kind == 0:
        values = PEAK * (1.0 + radii**2) ** -BETA
    else:
        values = _blurred_ring(radii, _LEAST_RATIO * _RATIO_STEP ** (kind - 1), obstruction=obstruction)
    side = _seen_from_the_side(values, radii)
    inner = np.concatenate([[0.0], np.cumsum((side[1:] + side[:-1]) / 2.0 / STEPS)])
    end = np.clip(np.concatenate([0.5 - inner[:0:-1], 0.5 + inner]), 0.0, 1.0)
    above = np.flatnonzero(values >= values.max() / 2.0)[-1]
    part = (values[above] - values.max() / 2.0) / (values[above] - values[above + 1])
    fwhm = 2.0 * float(radii[above] + part / STEPS)
    values32, side32, end32 = (table.astype(np.float32) for table in (values, side, end))
    return Profile(values32, side32, end32, fwhm, _pixel_hfr2(values, radii))


def _pixel_hfr2(values: Floats, radii: Floats) -> float:
    """Return what averaging once over pixels 1 wide adds to the squared half-flux radius.

    A blur of variance v in each direction moves ``pi v r f'(r)`` of the light over the circle of radius r, and the ring
    there holds ``2 pi r f(r)`` per unit of radius: the square of the radius that holds half grows by ``-v d ln f / d ln
    r``. A pixel has v = 1/12. Right within 0.5 % of the radius from a FWHM of 0.8 px on.
    """
    slope = np.gradient(np.log(values), radii)
    return max(0.0, -HFR_PER_ALPHA * float(np.interp(HFR_PER_ALPHA, radii, slope)) / 12.0)


def _blurred_ring(radii: Floats, ratio: float, *, obstruction: float) -> Floats:
    """Return a ring blurred by a Moffat profile, in units of its own half-flux radius, total 1.

    The ring's outer radius gives it a half-flux radius of ``ratio`` times that of the blur.
    """
    outer = ratio * HFR_PER_ALPHA / disc_hfr_per_radius(obstruction)
    r = np.concatenate([np.linspace(0.0, outer + 8.0, 700), np.geomspace(outer + 8.1, 60.0 * (outer + 1.0), 150)])
    values = np.concatenate(
        [_convolved(part, outer, inner=obstruction * outer) for part in np.array_split(r, 1 + r.size // 100)]
    )
    growth = np.concatenate(
        [[0.0], np.cumsum((r[1:] - r[:-1]) * math.pi * (values[1:] * r[1:] + values[:-1] * r[:-1]))]
    )
    unit = float(np.interp(0.5, growth, r)) / HFR_PER_ALPHA
    scaled = np.exp(np.interp(radii * unit, r, np.log(values))) * unit**2
    rest = 2.0 * math.pi * np.sum(scaled * radii) / STEPS
    return np.asarray(scaled / rest, dtype=np.float64)


def _convolved(r: Floats, outer: float, *, inner: float) -> Floats:
    """Return the blurred ring at distances ``r`` from its middle.

    The blur's weight at each distance times the part of the circle of that distance, about ``r``, that is in the ring.
    """
    nearest = np.maximum.reduce([r - outer, inner - r, np.zeros(r.size)])
    steps = (np.arange(_ARC_NODES) + 0.5) / _ARC_NODES
    span = r + outer - nearest
    distance = nearest[:, None] + span[:, None] * steps**2
    weight = distance * PEAK * (1.0 + distance**2) ** -BETA * 2.0 * steps / _ARC_NODES
    arcs = _arc(distance, r[:, None], radius=outer)
    if inner > 0.0:
        arcs -= _arc(distance, r[:, None], radius=inner)
    area = math.pi * (outer**2 - inner**2)
    return np.asarray(np.sum(weight * 2.0 * arcs, axis=1) * span / area, dtype=np.float64)


def _arc(distance: Floats, r: Floats, *, radius: float) -> Floats:
    """Return half the angle of a circle about a point ``r`` from the middle of a disc that lies in the disc."""
    cosine = (distance**2 + r**2 - radius**2) / np.maximum(2.0 * distance * r, 1e-12)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def _seen_from_the_side(values: Floats, radii: Floats) -> Floats:
    """Return the profile summed along lines that pass the middle at each radius, total 1 over both sides."""
    offsets = np.linspace(0.0, math.sqrt(FARTHEST), 300) ** 2
    middles, widths = (offsets[1:] + offsets[:-1]) / 2.0, np.diff(offsets)
    places = np.hypot(radii[:, None], middles)
    inside = np.interp(places.ravel(), radii, values, right=0.0).reshape(places.shape)
    side = 2.0 * (inside * widths).sum(axis=1)
    return np.asarray(side / (2.0 * np.sum((side[1:] + side[:-1]) / 2.0) / STEPS), dtype=np.float64)
