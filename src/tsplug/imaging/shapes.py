"""Centre, width and elongation of many stars at once, by adaptive Gaussian moments."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.lanes import in_order, slices
from tsplug.imaging.stamps import Stamps

Floats = NDArray[np.float64]
_Values = NDArray[np.float32]

_ITERATIONS = 12
_MIN_VARIANCE = 0.15
# So many stars' stamps stay in the cache while they are worked on.
_TOGETHER = 128


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


def adaptive_shapes(stamps: Stamps, start_sigma_px: float) -> Shapes:
    """Measure stars with an elliptical Gaussian weight that is fitted to each star's own second moments.

    At the fixed point the weight has the star's shape (Bernstein & Jarvis 2002), which reads elongation and width of
    the bright core and is blind to far neighbours. ``start_sigma_px`` is a first guess of the width.
    """
    count = stamps.x0.size
    if not count:
        none = np.zeros(0)
        return Shapes(none, none, none, none, none, none, none.astype(bool))
    parts = in_order(lambda part: _adapted(stamps.pick(part), start_sigma_px), slices(count, _TOGETHER))
    dx, dy, xx, yy, xy, amplitude = (np.concatenate([part[n] for part in parts]).astype(np.float64) for n in range(6))
    settled = np.concatenate([part[6] for part in parts]).astype(bool)
    return Shapes(dx, dy, xx, yy, xy, amplitude, settled)


def _adapted(stamps: Stamps, start_sigma_px: float) -> list[NDArray[np.generic]]:
    """Iterate; offsets, variances, covariance, amplitudes, and whether the last step was a small one."""
    count, span, limit = stamps.x0.size, stamps.span, np.float32(stamps.half_width / 2.0)
    start = np.full(count, start_sigma_px**2, dtype=np.float32)
    dx, dy, xy = (np.zeros(count, dtype=np.float32) for _ in range(3))
    xx, yy = start, start.copy()
    amplitude, settled = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=bool)
    widest = np.float32((stamps.half_width * 0.75) ** 2)
    for _ in range(_ITERATIONS):
        x, y = span[:, None] - dx, span[:, None] - dy
        flux, moments = _moments(stamps.values, (x, y), form=_inverse(xx, yy, xy=xy))
        shift_x, shift_y, mean_xx, mean_yy, mean_xy = moments
        new_xx, new_yy = 2.0 * (mean_xx - shift_x**2), 2.0 * (mean_yy - shift_y**2)
        change = np.abs(new_xx - xx) + np.abs(new_yy - yy)
        settled = (flux > 0) & (change < 0.02 * (xx + yy))
        dx, dy = np.clip(dx + 2.0 * shift_x, -limit, limit), np.clip(dy + 2.0 * shift_y, -limit, limit)
        xx, yy = np.clip(new_xx, _MIN_VARIANCE, widest), np.clip(new_yy, _MIN_VARIANCE, widest)
        bound = np.float32(0.95) * np.sqrt(xx * yy)
        xy = np.clip(2.0 * (mean_xy - shift_x * shift_y), -bound, bound)
        amplitude = flux / (np.float32(np.pi) * np.sqrt(xx * yy - xy**2))
        if settled.all() and (change < 0.002 * (xx + yy)).all():
            break
    return [dx, dy, xx, yy, xy, amplitude, settled]


def _inverse(xx: _Values, yy: _Values, *, xy: _Values) -> tuple[_Values, _Values, _Values]:
    determinant = xx * yy - xy**2
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
