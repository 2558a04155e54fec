"""Centre, width and elongation of many stars at once, by adaptive Gaussian moments."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
_Values = NDArray[np.float32]
_Covariance = tuple[_Values, _Values, _Values]

_ITERATIONS = 12
_MIN_VARIANCE = 0.15
# Weights of stars narrower than this are wider than the stars.
_LEAST_WEIGHT_PX2 = 0.64
# Shares of a star's size: with a small last step it counts as settled, after a tiny one it is left alone.
_SMALL_STEP, _TINY_STEP = 0.02, 0.001
_WORTH_LEAVING_OUT = 0.8
_BOLDNESS, _LEAST_SHARE = 2.0 / 3.0, 0.25
# So many stars' stamps stay in the cache while they are worked on.
_TOGETHER = 304


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
        half, apart = (self.xx + self.yy) / 2.0, np.hypot((self.xx - self.yy) / 2.0, self.xy)
        return np.asarray(np.sqrt(np.maximum(half - apart, 1e-6)))

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


def adaptive_shapes(stamps: Stamps, start_sigma_px: float, *, boldness: float = _BOLDNESS) -> Shapes:
    """Measure stars with an elliptical Gaussian weight that is fitted to each star's own second moments.

    At the fixed point the weight has the star's shape (Bernstein & Jarvis 2002), which reads elongation and width of
    the bright core and is blind to far neighbours.

    Args:
        stamps: the stars.
        start_sigma_px: a first guess of their width.
        boldness: from 0 for the steps that even rings end with, to 1 for those that find a Gaussian at once and that
            rings never end with.
    """
    count = stamps.x0.size
    if not count:
        none = np.zeros(0)
        return Shapes(none, none, none, none, none, none, none.astype(bool))
    parts = in_order(
        lambda part: _adapted(stamps.pick(part), start_sigma_px, boldness=boldness), slices(count, _TOGETHER)
    )
    dx, dy, xx, yy, xy, amplitude = (np.concatenate([part[n] for part in parts]).astype(np.float64) for n in range(6))
    settled = np.concatenate([part[6] for part in parts]).astype(bool)
    return Shapes(dx, dy, xx, yy, xy, amplitude, settled)


def _adapted(stamps: Stamps, start_sigma_px: float, *, boldness: float) -> list[NDArray[np.generic]]:
    """Iterate until each star's last step was tiny; what `_Weights` has, and whether that step was a small one."""
    count = stamps.x0.size
    weights = _Weights.round(count, start_sigma_px**2)
    settled = np.zeros(count, dtype=bool)
    # Of the stars that are worked on together, those that are not done yet; what the others do meanwhile is lost.
    stars, values, mine, waiting = np.arange(count), stamps.values, weights, np.arange(count)
    for _ in range(_ITERATIONS):
        mine, change, light = _stepped(mine, values, half_width=stamps.half_width, boldness=boldness)
        settled[stars[waiting]] = (light & (change < _SMALL_STEP))[waiting]
        weights.put(stars[waiting], mine.pick(waiting))
        waiting = waiting[change[waiting] >= _TINY_STEP]
        if not waiting.size:
            break
        if waiting.size < _WORTH_LEAVING_OUT * stars.size:
            stars, values, mine = stars[waiting], values[:, :, waiting], mine.pick(waiting)
            waiting = np.arange(stars.size)
    return [*weights.columns, settled]


@dataclass(frozen=True)
class _Weights:
    """Elliptical Gaussians, one per star: offsets, variances and covariance, and the height that fits the star."""

    dx: _Values
    dy: _Values
    xx: _Values
    yy: _Values
    xy: _Values
    amplitude: _Values

    @classmethod
    def round(cls, count: int, variance: float) -> _Weights:
        nothing = [np.zeros(count, dtype=np.float32) for _ in range(4)]
        xx, yy = (np.full(count, variance, dtype=np.float32) for _ in range(2))
        return cls(nothing[0], nothing[1], xx, yy, nothing[2], nothing[3])

    @property
    def columns(self) -> list[_Values]:
        return [getattr(self, each.name) for each in fields(self)]

    def pick(self, chosen: Places) -> _Weights:
        return _Weights(*(each[chosen] for each in self.columns))

    def put(self, places: Places, others: _Weights) -> None:
        for mine, other in zip(self.columns, others.columns, strict=True):
            mine[places] = other


def _stepped(
    old: _Weights, values: _Values, *, half_width: int, boldness: float
) -> tuple[_Weights, _Values, NDArray[np.bool_]]:
    """Return weights that fit better, by how much of their size they changed, and which stars have light at all."""
    span, limit = np.arange(-half_width, half_width + 1, dtype=np.float32), np.float32(half_width / 2.0)
    places = span[:, None] - old.dx, span[:, None] - old.dy
    weight_xx, weight_yy = _weight(old)
    form = _inverse(weight_xx, weight_yy, xy=old.xy)
    # What the weight takes of a star's size, and of its way from the weight's middle.
    narrowed = np.float32(1.0) + (old.xx + old.yy) / (weight_xx + weight_yy)
    flux, (shift_x, shift_y, xx, yy, xy) = _moments(values, places, form=form)
    shown = xx - shift_x**2, yy - shift_y**2, xy - shift_x * shift_y
    # Only the whole way leads to a star's own shape where the weight has another.
    bold = np.where(weight_xx > old.xx, np.float32(1.0 if boldness else 0.0), np.float32(boldness))
    xx, yy, xy = _unweighted(shown, form=form, narrowed=narrowed, boldness=bold)
    change = (np.abs(xx - old.xx) + np.abs(yy - old.yy) + np.abs(xy - old.xy)) / (old.xx + old.yy)
    widest = np.float32((half_width * 0.75) ** 2)
    xx, yy = np.clip(xx, _MIN_VARIANCE, widest), np.clip(yy, _MIN_VARIANCE, widest)
    bound = np.float32(0.95) * np.sqrt(xx * yy)
    xy = np.clip(xy, -bound, bound)
    dx, dy = (np.clip(each + narrowed * shift, -limit, limit) for each, shift in ((old.dx, shift_x), (old.dy, shift_y)))
    # The light under the weight is a share of the star's: half of it where both are alike.
    both = (old.xx + weight_xx) * (old.yy + weight_yy) - np.float32(4.0) * old.xy**2
    share = np.float32(2.0) * np.sqrt((weight_xx * weight_yy - old.xy**2) / both)
    amplitude = flux / (np.float32(np.pi) * share * np.sqrt(xx * yy - xy**2))
    return _Weights(dx, dy, xx, yy, xy, amplitude), change, flux > 0


def _weight(shapes: _Weights) -> tuple[_Values, _Values]:
    """Return the variances along both axes of the weights that stars are seen under: their own, or more.

    What changes much within a pixel is not told by its value in the pixel's middle.
    """
    two = np.float32(2.0)
    narrow = (shapes.xx + shapes.yy) / two - np.hypot((shapes.xx - shapes.yy) / two, shapes.xy)
    wider = np.maximum(np.float32(_LEAST_WEIGHT_PX2) - narrow, np.float32(0.0))
    return shapes.xx + wider, shapes.yy + wider


def _unweighted(shown: _Covariance, *, form: _Covariance, narrowed: _Values, boldness: _Values) -> _Covariance:
    """Return covariances nearer to those of stars that show these ones under weights of that (inverse) form.

    A Gaussian of covariance C under a weight W shows M, where 1/M = 1/C + 1/W; at the end W is C, and M half of it. So
    both 2 M and what is solved for C lead there. The first comes half of the way to a Gaussian, and to the end of a
    ring; the second all of the way to a Gaussian, and goes as far beyond the end of a ring as it was before it.
    """
    twice = [narrowed * each for each in shown]
    if not boldness.any():
        return twice[0], twice[1], twice[2]
    mean_a, mean_c, mean_b = _inverse(shown[0], shown[1], xy=shown[2])
    a, c, b = mean_a - form[0], mean_c - form[1], mean_b - form[2]
    determinant = a * c - b**2
    # Not what noise makes impossible, nor what would be far wider than the weight.
    usable = (a > _LEAST_SHARE * form[0]) & (c > _LEAST_SHARE * form[1]) & (determinant > 0.0)
    share = boldness / np.where(usable, determinant, np.float32(1.0))
    rest = np.float32(1.0) - boldness
    xx, yy, xy = (
        np.where(usable, share * solved + rest * step, step) for solved, step in zip((c, a, b), twice, strict=True)
    )
    return xx, yy, xy


def _inverse(xx: _Values, yy: _Values, *, xy: _Values) -> _Covariance:
    """Return the inverse of covariances, but with the other sign of the mixed term."""
    determinant = xx * yy - xy**2
    determinant = np.where(determinant != 0.0, determinant, np.float32(1e-12))
    return yy / determinant, xx / determinant, xy / determinant


def _moments(
    values: _Values, places: tuple[_Values, _Values], *, form: tuple[_Values, _Values, _Values]
) -> tuple[_Values, list[_Values]]:
    """Return the weighted flux, and mean x, y, xx, yy and xy under the weight."""
    x, y = places
    a, c, b = form
    across, down = np.float32(-0.5) * a * x * x, np.float32(-0.5) * c * y * y
    exponent = (b * y)[:, None] * x[None]
    exponent += across[None]
    exponent += down[:, None]
    np.maximum(exponent, np.float32(-40.0), out=exponent)
    np.exp(exponent, out=exponent)
    exponent *= values
    columns, rows = exponent.sum(axis=0), exponent.sum(axis=1)
    exponent *= x[None]
    slanted = exponent.sum(axis=1)
    flux = columns.sum(axis=0)
    safe = np.where(flux > 0, flux, np.float32(1.0))
    column_x, row_y = columns * x, rows * y
    sums = [column_x.sum(axis=0), row_y.sum(axis=0)]
    sums += [(column_x * x).sum(axis=0), (row_y * y).sum(axis=0), (slanted * y).sum(axis=0)]
    return flux, [each / safe for each in sums]
