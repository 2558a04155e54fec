"""The radial profile that the stars of a frame have in common, fitted with a Moffat function."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.shapes import Shapes
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]

# Beta beyond 40 is a Gaussian for every purpose here.
_BETAS = np.array([1.6, 1.8, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75, 4.0, 4.5, 5.0, 6.0, 8.0, 12.0, 40.0])
_WIDTHS = np.linspace(1.4, 3.6, 221)
_BIN, _REACH = 0.15, 3.6


@dataclass(frozen=True)
class MoffatProfile:
    """A circular profile (1 + (r / alpha)^2)^-beta; radii in units of the stars' adaptive sigma."""

    fwhm: float
    beta: float

    def enclosed(self, radius: float) -> float:
        """Return the share of the light within a radius."""
        alpha = self.fwhm / (2.0 * math.sqrt(2.0 ** (1.0 / self.beta) - 1.0))
        return 1.0 - float((1.0 + (radius / alpha) ** 2) ** (1.0 - self.beta))


def fit_profile(stamps: Stamps, shapes: Shapes, *, weights: Floats) -> MoffatProfile:
    """Fit one profile to all stars, each scaled by its own amplitude, width and ellipse.

    A grid over width and beta with the height solved for: no star can make it diverge. The median of each ring is blind
    to neighbours and hot pixels.

    Args:
        stamps: the stars' cut-outs, background subtracted.
        shapes: what was measured on them.
        weights: how much each star counts; noisy ones less.
    """
    radius, value, weight = _scaled_pixels(stamps, shapes, weights=weights)
    rings = (radius / _BIN).astype(np.int64)
    order = np.argsort(rings, kind="stable")
    starts = np.searchsorted(rings[order], np.arange(int(_REACH / _BIN) + 1))
    points = [
        (float(radius[ring].mean()), float(weighted_median(value[ring], weight[ring])), math.sqrt(ring.size))
        for ring in np.split(order, starts[1:])[: int(_REACH / _BIN)]
        if ring.size
    ]
    r, p, w = (np.array(column) for column in zip(*points, strict=True))
    return _best(r, p, weights=w)


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
    return float(values[order][np.searchsorted(total, total[-1] / 2.0)])


def _best(r: Floats, p: Floats, *, weights: Floats) -> MoffatProfile:
    beta, fwhm = np.meshgrid(_BETAS, _WIDTHS, indexing="ij")
    alpha2 = (fwhm / 2.0) ** 2 / (2.0 ** (1.0 / beta) - 1.0)
    model = (1.0 + r * r / alpha2[..., None]) ** -beta[..., None]
    height = (model * p * weights).sum(axis=-1) / (model * model * weights).sum(axis=-1)
    error = ((p - height[..., None] * model) ** 2 * weights).sum(axis=-1)
    row, column = np.unravel_index(int(np.argmin(error)), error.shape)
    return MoffatProfile(fwhm=float(fwhm[row, column]), beta=float(beta[row, column]))
