"""The radial profile that the stars of a frame have in common, fitted with a Moffat function, or one flatter on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.shapes import Shapes
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]

_BETAS = np.concatenate(
    [np.arange(1.6, 2.0, 0.1), np.arange(2.0, 4.0, 0.125), np.arange(4.0, 6.0, 0.25), [6, 7, 8, 10, 12, 20]]
)
# What a Moffat profile cannot be: a Gaussian, and the flatter tops of stars beside focus, or drawn out in a line.
_POWERS = np.array([2.0, 2.2, 2.4, 2.7, 3.0, 3.5, 4.0, 5.0, 6.5])
_SHAPES = _BETAS.size + _POWERS.size
_WIDTHS = np.linspace(1.4, 3.6, 221)
# Every so many of the widths are tried first.
_COARSE = 8
_BIN, _REACH = 0.15, 4.2
# Whatever added a variance to stars made of each point a ring, as seen over all directions: it is averaged over the
# cosines of so many angles.
_COSINES = np.cos(np.pi * np.array([1.0, 3.0, 5.0]) / 6.0)
# Nothing of a profile without wings lies beyond so many times the radius at which it falls to 1 / e.
_NODES, _FARTHEST = 1201, 6.0


@dataclass(frozen=True)
class StarProfile:
    """A circular profile, radii in units of the stars' adaptive sigma.

    (1 + (r / alpha)^2)^-beta, or where there is no ``beta`` 2^-(2 r / fwhm)^power: a Gaussian for a power of 2, flatter
    on top and steeper at the side for higher ones.
    """

    fwhm: float
    beta: float | None = None
    power: float = 2.0

    def enclosed(self, radius: Floats) -> Floats:
        """Return the share of the light within each of some radii."""
        if self.beta is not None:
            alpha = self.fwhm / (2.0 * math.sqrt(2.0 ** (1.0 / self.beta) - 1.0))
            return np.asarray(1.0 - (1.0 + (radius / alpha) ** 2) ** (1.0 - self.beta))
        scale = self.fwhm / 2.0 / math.log(2.0) ** (1.0 / self.power)
        # The curve of growth at its nodes, and straight between those.
        nodes = np.linspace(0.0, _FARTHEST, _NODES)
        light = nodes * np.exp(-(nodes**self.power))
        grown = np.concatenate([np.zeros(1), np.cumsum((light[1:] + light[:-1]) / 2.0) * nodes[1]])
        found = np.interp(radius / scale, nodes, grown)
        return np.asarray(np.minimum(1.0, found * self.power / math.gamma(2.0 / self.power)))


def fit_profile(stamps: Stamps, shapes: Shapes, *, weights: Floats) -> StarProfile:
    """Fit one profile to all stars, each scaled by its own amplitude, width and ellipse.

    A grid over width and shape with the height solved for: no star can make it diverge. The median of each ring is
    blind to neighbours and hot pixels. What cutting the stamps added to the stars is no part of the profile: a box
    widens the half of a peaked one by more than variances tell.

    Args:
        stamps: the stars' cut-outs, background subtracted.
        shapes: what was measured on them.
        weights: how much each star counts; noisy ones less.
    """
    radius, value, weight = _scaled_pixels(stamps, shapes, weights=weights)
    # Numbers of 16 bits are put in order by counting them. The innermost ring alone would be a few pixels' say.
    rings = np.maximum(radius / _BIN, 1.0).astype(np.int16)
    order = np.argsort(rings, kind="stable")
    starts = np.searchsorted(rings[order], np.arange(int(_REACH / _BIN) + 1, dtype=np.int16)).tolist()
    radius, value, weight = radius[order], value[order], weight[order]
    points = [
        (float(radius[first:end].mean()), weighted_median(value[first:end], weight[first:end]), math.sqrt(end - first))
        for first, end in pairwise(starts)
        if end > first
    ]
    r, p, w = (np.array(column) for column in zip(*points, strict=True))
    blur = math.sqrt(2.0 * stamps.blur_px2) / float(np.median(shapes.sigma_px))
    return _best(_blurred(r, blur), p, weights=w)


def _scaled_pixels(stamps: Stamps, shapes: Shapes, *, weights: Floats) -> tuple[Floats, Floats, Floats]:
    x, y = stamps.span[:, None] - shapes.dx, stamps.span[:, None] - shapes.dy
    determinant = shapes.determinant
    squared = (
        (shapes.yy / determinant * (x * x))[None]
        + (shapes.xx / determinant * (y * y))[:, None]
        - (2.0 * shapes.xy / determinant * y)[:, None] * x[None]
    )
    near = squared < _REACH**2
    value = (stamps.values / shapes.amplitude)[near]
    weight = np.broadcast_to(weights, squared.shape)[near]
    return np.sqrt(squared[near]), value.astype(np.float64), weight


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value below which half of the weight lies; there is at least one."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2.0)]])


def _blurred(r: Floats, blur: float) -> Floats:
    """Return the distances from which light comes to some radii, [one, radius], where points were made rings."""
    return np.sqrt(r * r + blur * blur + 2.0 * blur * r * _COSINES[:, None]) if blur else r[None]


def _best(r: Floats, p: Floats, *, weights: Floats) -> StarProfile:
    """Return the profile of the grid that fits best; the error of each shape has one minimum, which is narrowed."""
    every, place = np.arange(_WIDTHS.size), np.zeros((_SHAPES, 1), dtype=np.int64)
    error = np.empty(place.shape)
    for near in (every[_COARSE // 2 :: _COARSE], np.arange(-_COARSE, _COARSE + 1)):
        places = np.clip(place + near, 0, every[-1])
        errors = _errors(r, p, weights=weights, widths=_WIDTHS[places])
        best = np.argmin(errors, axis=1)[:, None]
        place, error = (np.take_along_axis(each, best, axis=1) for each in (places, errors))
    shape = int(np.argmin(error))
    fwhm = float(_WIDTHS[place[shape, 0]])
    if shape < _BETAS.size:
        return StarProfile(fwhm, beta=float(_BETAS[shape]))
    return StarProfile(fwhm, power=float(_POWERS[shape - _BETAS.size]))


def _errors(r: Floats, p: Floats, *, weights: Floats, widths: Floats) -> Floats:
    """Return the summed squares that profiles of each shape and some widths leave, the best height being theirs."""
    beta, power = _BETAS[:, None, None], _POWERS[:, None, None]
    model = np.zeros((*widths.shape, p.size))
    for distance in r:
        squared = (2.0 * distance / widths[..., None]) ** 2
        model[: _BETAS.size] += (1.0 + squared[: _BETAS.size] * (2.0 ** (1.0 / beta) - 1.0)) ** -beta
        model[_BETAS.size :] += 2.0 ** -(squared[_BETAS.size :] ** (power / 2.0))
    height = (model * p * weights).sum(axis=-1) / (model * model * weights).sum(axis=-1)
    return np.asarray(((p - height[..., None] * model) ** 2 * weights).sum(axis=-1))
