"""Curves of growth: how the light of stars is spread over radii."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.shapes import Shapes
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]

# Radii in units of a star's sigma; half of the light lies within 1.18 of a Gaussian, further out of any other star.
_STEPS = np.array([0.5, 0.75, 1.0, 1.2, 1.4, 1.6, 1.85, 2.2, 2.7, 3.3])
# Few stars are not worth a second thread, which waits for the first one between small steps.
_TOGETHER = 1024
# Half of a Gaussian's light lies within a squared radius of 2 ln 2 variances, and a pixel's variance is 1/12 px^2.
_PIXEL_PX2 = 2.0 * math.log(2.0) / 12.0


def within_radius(stamps: Stamps, shapes: Shapes, *, radius: Floats) -> Floats:
    """Return the light within one radius (px) round each star's centre."""

    def within(part: slice) -> Floats:
        return _Apart.of(stamps.pick(part), shapes, part=part).enclosed(radius[part])

    return np.concatenate([np.zeros(0), *in_order(within, slices(radius.size, _TOGETHER))])


def half_flux_radii(stamps: Stamps, shapes: Shapes, *, total: Floats) -> Floats:
    """Return the radius (px) round each star's centre that holds half of its ``total`` light, as the sensor saw it.

    A sensor's pixels widen a star once. A curve of growth takes the light of a pixel as spread evenly over it, which
    widens it once more: that is taken out again, as of a Gaussian. Of Gaussians and Moffat profiles down to a beta of
    2.5 it is right within 1.2 % from a FWHM of 1.2 px on, as integrating those over pixels shows.

    NaN where the curve of growth does not pass one half.
    """

    def half(part: slice) -> Floats:
        return _half(stamps.pick(part), shapes, part=part, total=total[part])

    return np.concatenate([np.zeros(0), *in_order(half, slices(total.size, _TOGETHER))])


def mean_radii(stamps: Stamps, shapes: Shapes, *, reach: Floats) -> Floats:
    """Return the flux-weighted mean distance (px) of each star's light from its centre, within ``reach`` (px).

    NaN where a star has no light there.
    """

    def mean(part: slice) -> Floats:
        apart = _Apart.of(stamps.pick(part), shapes, part=part)
        inside = apart.values * _cover(apart.distance, reach[part])
        flux = inside.sum(axis=(0, 1), dtype=np.float64)
        weighted = (inside * apart.distance).sum(axis=(0, 1), dtype=np.float64)
        return np.asarray(np.divide(weighted, flux, out=np.full(flux.size, np.nan), where=flux > 0))

    return np.concatenate([np.zeros(0), *in_order(mean, slices(reach.size, _TOGETHER))])


@dataclass(frozen=True)
class _Apart:
    """Pixels of stamps and how far each is from its star's centre: [row, column, star].

    ``off_px`` is how far any centre is from the middle of its stamp, in one direction.
    """

    values: NDArray[np.float32]
    distance: NDArray[np.float32]
    off_px: float

    @classmethod
    def of(cls, stamps: Stamps, shapes: Shapes, *, part: slice) -> _Apart:
        """Take the stamps of a part of the stars."""
        dx, dy = shapes.dx[part], shapes.dy[part]
        x, y = (stamps.span[:, None] - each.astype(np.float32) for each in (dx, dy))
        off_px = max(float(np.abs(each).max(initial=0.0)) for each in (dx, dy))
        return cls(stamps.values, np.sqrt((x * x)[None] + (y * y)[:, None]), off_px)

    def enclosed(self, radius: Floats) -> Floats:
        """Return the light within a radius of each star's centre."""
        # Pixels outside the largest circle have no part in it.
        half = self.values.shape[0] // 2
        needed = math.ceil(min(half, float(radius.max(initial=0.0)) + self.off_px + 0.5))
        inside = slice(half - needed, half + needed + 1)
        values, distance = self.values[inside, inside], self.distance[inside, inside]
        return np.asarray((values * _cover(distance, radius)).sum(axis=(0, 1)), dtype=np.float64)


def _cover(distance: NDArray[np.float32], radius: Floats) -> NDArray[np.float32]:
    """Return how much of each pixel lies within a radius, as a ramp one pixel wide.

    The ramp covers pi / 12 px^2 more than the circle, which is taken off the radius.
    """
    reach = np.sqrt(np.maximum(radius**2 - 1.0 / 12.0, 0.0)).astype(np.float32)
    return np.asarray(np.clip(reach + np.float32(0.5) - distance, np.float32(0.0), np.float32(1.0)))


def _half(stamps: Stamps, shapes: Shapes, *, part: slice, total: Floats) -> Floats:
    apart = _Apart.of(stamps, shapes, part=part)
    radii = _STEPS[:, None] * shapes.sigma_px[part]
    shares, after = _shares(apart, radii, total=total)
    usable = (after > 0) & (total > 0)
    after = np.maximum(after, 1)
    every = np.arange(total.size)
    low, high = shares[after - 1, every], np.where(usable, np.minimum(shares[after, every], 0.99), 0.99)
    # The logarithm of what lies outside falls as the squared radius does: exactly in a Gaussian, nearly in any star.
    inner, outer = radii[after - 1, every] ** 2, radii[after, every] ** 2
    low = np.clip(low, 0.0, 0.4999)
    share = (np.log1p(-low) + math.log(2.0)) / (np.log1p(-low) - np.log1p(-high))
    squared = inner + np.clip(share, 0.0, 1.0) * (outer - inner)
    return np.where(usable, np.sqrt(np.maximum(squared - _PIXEL_PX2, squared / 4.0)), np.nan)


def _shares(apart: _Apart, radii: Floats, *, total: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the shares of the light within rising radii, and at which each star passes one half; -1 for none.

    Large radii are not looked at once all stars have passed it.
    """
    shares, after = np.zeros(radii.shape), np.full(total.size, -1)
    for step, radius in enumerate(radii):
        shares[step] = apart.enclosed(radius) / np.maximum(total, 1e-12)
        after[(after < 0) & (shares[step] >= 0.5)] = step
        if (after >= 0).all():
            break
    return shares, after
