"""Centre, width and elongation of many stars at once, by adaptive Gaussian moments."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ITERATIONS = 10
_MIN_VARIANCE, _MAX_VARIANCE = 0.2, 150.0


@dataclass(frozen=True)
class Stamps:
    """Square cut-outs of equal size: values [star, row, column], and the pixel that each one is centred on."""

    values: Floats
    x0: NDArray[np.int64]
    y0: NDArray[np.int64]

    def pick(self, chosen: NDArray[np.bool_]) -> Stamps:
        """Return only the chosen stamps."""
        return Stamps(self.values[chosen], self.x0[chosen], self.y0[chosen])

    @property
    def half_width(self) -> int:
        """Return the pixels on each side of the middle one."""
        return int(self.values.shape[1]) // 2


@dataclass(frozen=True)
class Shapes:
    """One entry per star: offset from the stamp's middle (px), covariance (px^2), and whether the moments settled."""

    dx: Floats
    dy: Floats
    xx: Floats
    yy: Floats
    xy: Floats
    amplitude: Floats
    settled: NDArray[np.bool_]

    def pick(self, chosen: NDArray[np.bool_]) -> Shapes:
        """Return only the chosen stars."""
        return Shapes(*(getattr(self, name.name)[chosen] for name in fields(self)))

    @property
    def sigma_px(self) -> Floats:
        """Return the geometric mean of the two axes of each star."""
        return np.asarray(np.maximum(self.xx * self.yy - self.xy**2, 1e-12) ** 0.25)

    @property
    def ellipticity(self) -> tuple[Floats, Floats]:
        """Return the ellipticity vector of each star, of length (a^2 - b^2) / (a^2 + b^2)."""
        total = self.xx + self.yy
        return (self.xx - self.yy) / total, 2.0 * self.xy / total


def cut_stamps(pixels: NDArray[np.float32], *, x: Floats, y: Floats, half_width: int) -> Stamps:
    """Cut square stamps around positions; every stamp must lie within the frame."""
    x0, y0 = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
    span = np.arange(-half_width, half_width + 1)
    values = pixels[y0[:, None, None] + span[:, None], x0[:, None, None] + span]
    return Stamps(values.astype(np.float64), x0, y0)


def adaptive_shapes(stamps: Stamps, start_sigma_px: float) -> Shapes:
    """Measure stars with an elliptical Gaussian weight that is fitted to each star's own second moments.

    At the fixed point the weight has the star's shape (Bernstein & Jarvis 2002), which reads elongation and width of
    the bright core and is blind to far neighbours. ``start_sigma_px`` is a first guess of the width.
    """
    span = np.arange(-stamps.half_width, stamps.half_width + 1, dtype=np.float64)
    count = stamps.values.shape[0]
    dx, dy, xy = np.zeros(count), np.zeros(count), np.zeros(count)
    xx, yy = np.full(count, start_sigma_px**2), np.full(count, start_sigma_px**2)
    amplitude, settled = np.zeros(count), np.zeros(count, dtype=bool)
    for _ in range(_ITERATIONS):
        x, y = span[None, :] - dx[:, None], span[None, :] - dy[:, None]
        weighted = stamps.values * _gaussian(x, y, xx=xx, yy=yy, xy=xy)
        columns, rows = weighted.sum(axis=1), weighted.sum(axis=2)
        flux = columns.sum(axis=1)
        safe = np.where(flux > 0, flux, 1.0)
        shift_x, shift_y = (columns * x).sum(axis=1) / safe, (rows * y).sum(axis=1) / safe
        new_xx = 2.0 * ((columns * x * x).sum(axis=1) / safe - shift_x**2)
        new_yy = 2.0 * ((rows * y * y).sum(axis=1) / safe - shift_y**2)
        cross = ((weighted @ x[:, :, None])[:, :, 0] * y).sum(axis=1) / safe
        new_xy = 2.0 * (cross - shift_x * shift_y)
        settled = (flux > 0) & (np.abs(new_xx + new_yy - xx - yy) < 0.05 * (xx + yy))
        limit = stamps.half_width / 2.0
        dx = np.clip(dx + 2.0 * shift_x, -limit, limit)
        dy = np.clip(dy + 2.0 * shift_y, -limit, limit)
        xx, yy = np.clip(new_xx, _MIN_VARIANCE, _MAX_VARIANCE), np.clip(new_yy, _MIN_VARIANCE, _MAX_VARIANCE)
        bound = 0.95 * np.sqrt(xx * yy)
        xy = np.clip(new_xy, -bound, bound)
        amplitude = flux / (np.pi * np.sqrt(xx * yy - xy**2))
    return Shapes(dx, dy, xx, yy, xy, amplitude, settled)


def _gaussian(x: Floats, y: Floats, *, xx: Floats, yy: Floats, xy: Floats) -> Floats:
    determinant = xx * yy - xy**2
    a, b, c = yy / determinant, xy / determinant, xx / determinant
    across = -0.5 * a[:, None] * x * x
    down = -0.5 * c[:, None] * y * y
    exponent = across[:, None, :] + down[:, :, None] + (b[:, None] * y)[:, :, None] * x[:, None, :]
    return np.asarray(np.exp(np.maximum(exponent, -40.0)))
