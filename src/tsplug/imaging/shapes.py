"""Centre, width and elongation of many stars at once, by adaptive Gaussian moments."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
_Values = NDArray[np.float32]

_ITERATIONS = 12
_MIN_VARIANCE = 0.15
# Weights of stars narrower than this are wider than the stars.
_LEAST_WEIGHT_PX2 = 0.64
# Shares of a star's size: with a small last step it counts as settled, after a tiny one it is left alone.
_SMALL_STEP, _TINY_STEP = 0.02, 0.001
_WORTH_LEAVING_OUT = 0.8
_BOLDNESS, _LEAST_SHARE = 2.0 / 3.0, 0.25
# Elliptical Gaussians, one per star: offsets along x and y, variances along both, covariance, the height that fits.
_ROWS = 6
# Small steps for many stars take as long as for few, and two threads that take such steps wait for each other.
_TOGETHER = 1024


@dataclass(frozen=True)
class Shapes:
    """One entry per star: offset from the stamp's middle (px), covariance (px^2), and whether the moments settled.

    ``amplitude`` and ``flux`` are those of a Gaussian of that shape.
    """

    dx: Floats
    dy: Floats
    xx: Floats
    yy: Floats
    xy: Floats
    amplitude: Floats
    settled: NDArray[np.bool_]

    def pick(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Shapes:
        """Return only the chosen stars."""
        return Shapes(*(getattr(self, each.name)[chosen] for each in fields(self)))

    @property
    def determinant(self) -> Floats:
        """Return the determinant of each covariance (px^4)."""
        return np.asarray(np.maximum(self.xx * self.yy - self.xy**2, 1e-12))

    @property
    def sigma_px(self) -> Floats:
        """Return the geometric mean of the two axes of each star."""
        return np.asarray(self.determinant**0.25)

    @property
    def narrow_sigma_px(self) -> Floats:
        """Return the shorter axis of each star."""
        half, apart = self._axes
        return np.asarray(np.sqrt(np.maximum(half - apart, 1e-6)))

    @property
    def long_sigma_px(self) -> Floats:
        """Return the longer axis of each star."""
        half, apart = self._axes
        return np.asarray(np.sqrt(np.maximum(half + apart, 1e-6)))

    @property
    def _axes(self) -> tuple[Floats, Floats]:
        """Return the mean of the variances along both axes, and by how much they are off it."""
        return (self.xx + self.yy) / 2.0, np.hypot((self.xx - self.yy) / 2.0, self.xy)

    @property
    def flux(self) -> Floats:
        """Return the flux of the Gaussian of each star."""
        return np.asarray(2.0 * np.pi * self.amplitude * np.sqrt(self.determinant))

    @property
    def ellipticity(self) -> tuple[Floats, Floats]:
        """Return the ellipticity vector of each star, of length (a^2 - b^2) / (a^2 + b^2)."""
        total = self.xx + self.yy
        return (self.xx - self.yy) / total, 2.0 * self.xy / total

    def without_blur(self, variance_px2: float) -> Shapes:
        """Return the shapes as they were before something widened them by a variance along each axis."""
        xx = np.maximum(self.xx - variance_px2, 0.5 * self.xx)
        yy = np.maximum(self.yy - variance_px2, 0.5 * self.yy)
        return Shapes(self.dx, self.dy, xx, yy, self.xy, self.amplitude, self.settled)


def adaptive_shapes(
    stamps: Stamps, start_sigma_px: float, *, boldness: float = _BOLDNESS, reach_sigma: float = math.inf
) -> Shapes:
    """Measure stars with an elliptical Gaussian weight that is fitted to each star's own second moments.

    At the fixed point the weight has the star's shape (Bernstein & Jarvis 2002), which reads elongation and width of
    the bright core and is blind to far neighbours.

    Args:
        stamps: the stars.
        start_sigma_px: a first guess of their width.
        boldness: from 0 for the steps that even rings end with, to 1 for those that find a Gaussian at once and that
            rings never end with.
        reach_sigma: how far light is looked at, in units of the first guess, where the stamps are larger.
    """
    count = stamps.x0.size
    if not count:
        none = np.zeros(0)
        return Shapes(none, none, none, none, none, none, none.astype(bool))
    parts = in_order(
        lambda part: _adapted(stamps.pick(part), start_sigma_px, boldness=boldness, reach_sigma=reach_sigma),
        slices(count, _TOGETHER),
    )
    columns = np.concatenate([weights for weights, _ in parts], axis=1).astype(np.float64)
    dx, dy, xx, yy, xy, amplitude = columns
    return Shapes(dx, dy, xx, yy, xy, amplitude, np.concatenate([settled for _, settled in parts]))


def _adapted(
    stamps: Stamps, start_sigma_px: float, *, boldness: float, reach_sigma: float
) -> tuple[_Values, NDArray[np.bool_]]:
    """Iterate until each star's last step was tiny; return rows of `_ROWS`, and whether that step was a small one."""
    count = stamps.x0.size
    weights = np.zeros((_ROWS, count), dtype=np.float32)
    weights[2:4] = start_sigma_px**2
    settled = np.zeros(count, dtype=bool)
    # Of the stars that are worked on together, those that are not done yet; what the others do meanwhile is lost.
    left_out = stamps.half_width - math.ceil(min(stamps.half_width, reach_sigma * start_sigma_px))
    inner = slice(left_out, stamps.values.shape[0] - left_out)
    stars, values, mine, waiting = np.arange(count), stamps.values[inner, inner], weights.copy(), np.arange(count)
    for _ in range(_ITERATIONS):
        mine, change, light = _stepped(mine, values, half_width=stamps.half_width, boldness=boldness)
        settled[stars[waiting]] = (light & (change < _SMALL_STEP))[waiting]
        weights[:, stars[waiting]] = mine[:, waiting]
        waiting = waiting[change[waiting] >= _TINY_STEP]
        if not waiting.size:
            break
        if waiting.size < _WORTH_LEAVING_OUT * stars.size:
            stars, values, mine = stars[waiting], values.take(waiting, axis=2), mine[:, waiting]
            waiting = np.arange(stars.size)
    return weights, settled


def _stepped(
    old: _Values, values: _Values, *, half_width: int, boldness: float
) -> tuple[_Values, _Values, NDArray[np.bool_]]:
    """Return weights that fit better, by how much of their size they changed, and which stars have light at all."""
    span = np.arange(values.shape[0], dtype=np.float32) - np.float32(values.shape[0] // 2)
    limit = np.float32(half_width / 2.0)
    middle, was = old[:2], old[2:5]
    size = was[0] + was[1]
    weight = _weight(was)
    form = _inverse(weight)
    # What the weight takes of a star's size, and of its way from the weight's middle.
    narrowed = np.float32(1.0) + size / (weight[0] + weight[1])
    flux, means = _moments(values, span[None, :, None] - middle[:, None], form=form)
    shift, shown = means[:2], means[2:]
    shown[:2] -= shift**2
    shown[2] -= shift[0] * shift[1]
    # Only the whole way leads to a star's own shape where the weight has another.
    bold = np.where(weight[0] > was[0], np.float32(1.0 if boldness else 0.0), np.float32(boldness))
    new = np.empty_like(old)
    new[2:5] = _unweighted(shown, form=form, narrowed=narrowed, boldness=bold)
    change = np.abs(new[2:5] - was).sum(axis=0) / size
    _bound(new[2:4], np.float32(_MIN_VARIANCE), most=np.float32((half_width * 0.75) ** 2))
    product = new[2] * new[3]
    bound = np.float32(0.95) * np.sqrt(product)
    _bound(new[4], -bound, most=bound)
    np.add(middle, narrowed * shift, out=new[:2])
    _bound(new[:2], -limit, most=limit)
    # The light under the weight is a share of the star's: half of it where both are alike.
    squared = was[2] ** 2
    both = (was[0] + weight[0]) * (was[1] + weight[1]) - np.float32(4.0) * squared
    share = np.float32(2.0) * np.sqrt((weight[0] * weight[1] - squared) / both)
    new[5] = flux / (np.float32(np.pi) * share * np.sqrt(product - new[4] ** 2))
    return new, change, flux > 0


def _bound(values: _Values, least: _Values | np.float32, *, most: _Values | np.float32) -> None:
    """Bring values within bounds, in place."""
    np.minimum(np.maximum(values, least, out=values), most, out=values)


def _weight(shapes: _Values) -> _Values:
    """Return the covariances of the weights that stars are seen under: their own, or with more along both axes.

    What changes much within a pixel is not told by its value in the pixel's middle.
    """
    two = np.float32(2.0)
    narrow = (shapes[0] + shapes[1]) / two - np.hypot((shapes[0] - shapes[1]) / two, shapes[2])
    weight = shapes.copy()
    weight[:2] += np.maximum(np.float32(_LEAST_WEIGHT_PX2) - narrow, np.float32(0.0))
    return weight


def _unweighted(shown: _Values, *, form: _Values, narrowed: _Values, boldness: _Values) -> _Values:
    """Return covariances nearer to those of stars that show these ones under weights of that (inverse) form.

    A Gaussian of covariance C under a weight W shows M, where 1/M = 1/C + 1/W; at the end W is C, and M half of it. So
    both 2 M and what is solved for C lead there. The first comes half of the way to a Gaussian, and to the end of a
    ring; the second all of the way to a Gaussian, and goes as far beyond the end of a ring as it was before it.
    """
    twice = narrowed * shown
    if not boldness.any():
        return np.asarray(twice)
    left = _inverse(shown) - form
    determinant = left[0] * left[1] - left[2] ** 2
    # Not what noise makes impossible, nor what would be far wider than the weight.
    usable = (left[:2] > np.float32(_LEAST_SHARE) * form[:2]).all(axis=0) & (determinant > 0.0)
    determinant[~usable] = np.float32(1.0)
    bolder = (np.float32(1.0) - boldness) * twice
    share = boldness / determinant
    bolder[:2] += share * left[1::-1]
    bolder[2] += share * left[2]
    return np.where(usable, bolder, twice)


def _inverse(covariance: _Values) -> _Values:
    """Return the inverse of covariances, but with the other sign of the mixed term."""
    determinant = covariance[0] * covariance[1] - covariance[2] ** 2
    determinant[determinant == 0.0] = np.float32(1e-12)
    inverse = np.empty_like(covariance)
    np.divide(covariance[1::-1], determinant, out=inverse[:2])
    np.divide(covariance[2], determinant, out=inverse[2])
    return inverse


def _moments(values: _Values, places: _Values, *, form: _Values) -> tuple[_Values, _Values]:
    """Return the weighted flux, and mean x, y, xx, yy and xy under the weight (rows).

    ``places`` are offsets along x and y from the weights' middles: [axis, offset, star].
    """
    across, down = np.float32(-0.5) * form[:2, None] * places * places
    exponent = (form[2] * places[1])[:, None] * places[0]
    exponent += across
    exponent += down[:, None]
    np.maximum(exponent, np.float32(-40.0), out=exponent)
    np.exp(exponent, out=exponent)
    exponent *= values
    weighted = np.empty_like(places)
    exponent.sum(axis=1, out=weighted[1])
    flux = exponent.sum(axis=0, out=weighted[0]).sum(axis=0)
    exponent *= places[0]
    slanted = exponent.sum(axis=1)
    sums = np.empty((5, flux.size), dtype=np.float32)
    weighted *= places
    weighted.sum(axis=1, out=sums[:2])
    weighted *= places
    weighted.sum(axis=1, out=sums[2:4])
    slanted *= places[1]
    slanted.sum(axis=0, out=sums[4])
    sums /= np.where(flux > 0, flux, np.float32(1.0))
    return flux, sums
