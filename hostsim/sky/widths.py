"""How much wider stars are on a sensor than in the air: by its pixels, by movement, and by being longer than wide.

The width of a star at half maximum is the diameter of a circle as large as the area within the outermost line on which
the star, averaged over a pixel wherever that begins, is half as bright as where it is brightest. Of an ellipse that is
the geometric mean of its two widths.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.profile import BETA, STEPS, profile

Floats = NDArray[np.float64]

_PIXELS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 6.0, 10.0])
# Beyond the last of these lengths the area grows as they do.
_LENGTHS = np.concatenate([np.linspace(0.0, 6.0, 25), np.geomspace(7.0, 128.0, 13)])
_MOVES = np.concatenate([np.linspace(0.0, 12.0, 25), np.geomspace(16.0, 8192.0, 19)])
_AXIS_RATIOS = np.linspace(1.0, 5.0, 21)
# Half maximum of any profile lies within this radius; tables have so many steps in one unit of it.
_REACH, _FINE = 1.1, 60


def seen_fwhm(kind: int, obstruction: float, *, pixel: tuple[Floats, Floats], length: Floats) -> Floats:
    """Return widths at half maximum of stars of one kind, round and of an alpha of 1 but for what widens them.

    Args:
        kind: which profile.
        obstruction: the central obstruction of the telescope.
        pixel: the sides of the pixels along the long and the short axis, in alphas.
        length: how far each star moved evenly, in alphas.
    """
    table = _widened(kind, obstruction)
    by_pixels = np.sqrt(np.interp(pixel[0], _PIXELS, table[0]) * np.interp(pixel[1], _PIXELS, table[0]))
    by_pixels *= np.sqrt(np.hypot(1.0, pixel[0]) * np.hypot(1.0, pixel[1]))
    by_length = np.interp(np.log1p(length), np.log1p(_LENGTHS), table[1]) * np.sqrt(1.0 + length)
    # A star much longer than wide grows by its pixels in width alone, and its wings make it wider for them.
    both = by_length * by_pixels ** (0.4 + 0.6 * by_length**-6.0)
    return np.asarray(profile(kind, obstruction).fwhm * both, dtype=np.float64)


def moved_hfr(length: Floats) -> Floats:
    """Return by how much the half-flux radius of Moffat stars grows that move evenly by a length in alphas."""
    return np.asarray(np.sqrt(np.interp(length**2, _MOVES**2, _moved())), dtype=np.float64)


def longer_hfr(axis_ratio: Floats) -> Floats:
    """Return by how much more than its mean axis the half-flux radius of a Moffat star grows that is longer than wide.

    ``axis_ratio`` is long axis to short.
    """
    return np.asarray(np.interp(axis_ratio, _AXIS_RATIOS, _longer()), dtype=np.float64)


@lru_cache(maxsize=128)
def _widened(kind: int, obstruction: float) -> tuple[Floats, Floats]:
    """Return by how much pixels and lengths widen a kind, as shares of about what they would widen any."""
    values = profile(kind, obstruction).values.astype(np.float64)
    alone = _across(values, 0.0, down=0.0)
    pixels = np.array([_across(values, side, down=side) / alone / math.hypot(1.0, side) for side in _PIXELS])
    return pixels, np.array(
        [_across(values, length, down=0.0) / alone / math.sqrt(1.0 + length) for length in _LENGTHS]
    )


def _across(values: Floats, right: float, *, down: float) -> float:
    """Return the width at half maximum of a profile averaged over a rectangle about each place."""
    x, y = _Axis(right), _Axis(down)
    light = np.interp(np.hypot(x.places[:, None], y.places) * STEPS, np.arange(values.size), values)
    seen = y.averaged(x.averaged(light).T).T
    half = seen.max() / 2.0
    below = np.argmax((seen >= half)[:, ::-1], axis=1)
    last = np.minimum(seen.shape[1] - 1 - below, seen.shape[1] - 2)
    row = np.arange(last.size)
    some = (seen >= half).any(axis=1)
    falls = np.where(some, seen[row, last] - seen[row, last + 1], 1.0)
    high = np.where(some, (last + (seen[row, last] - half) / falls) * y.step, 0.0)
    return 2.0 * math.sqrt(4.0 * float(np.trapezoid(high, dx=x.step)) / math.pi)


class _Axis:
    """Places along one axis from the middle on, so close that the side of a pixel is a whole number of steps."""

    def __init__(self, side: float) -> None:
        reach = _REACH + 0.6 * side
        self._half = math.ceil(side / 2.0 * _FINE / (1.0 + side / 8.0))
        self.step = side / 2.0 / self._half if self._half else 1.0 / _FINE
        count = math.ceil(reach / self.step)
        # Middles of steps from half a pixel before the first place to half a pixel behind the last one.
        middles = (np.arange(-self._half, count + self._half) + 0.5) * self.step
        self.places = middles if self._half else np.arange(count + 1) * self.step

    def averaged(self, light: Floats) -> Floats:
        """Return the mean over a side about each place, along the first axis."""
        if not self._half:
            return light
        total = np.concatenate([np.zeros((1, light.shape[1])), np.cumsum(light, axis=0)])
        return np.asarray((total[2 * self._half :] - total[: -2 * self._half]) / (2 * self._half), dtype=np.float64)


@lru_cache(maxsize=1)
def _moved() -> Floats:
    """Return the squared median distance of moved light from the middle, as a share of that at rest."""
    x, y = _light(24, 0.1)
    along = (np.arange(100) + 0.5) / 100.0 - 0.5
    radii = [float(np.median(np.hypot(x[..., None] + length * along, y[..., None]))) for length in _MOVES]
    return (np.array(radii) / radii[0]) ** 2


@lru_cache(maxsize=1)
def _longer() -> Floats:
    x, y = _light(96, 0.02)
    radii = [float(np.median(np.hypot(x * math.sqrt(ratio), y / math.sqrt(ratio)))) for ratio in _AXIS_RATIOS]
    return np.array(radii) / radii[0]


def _light(angles: int, first: float) -> tuple[Floats, Floats]:
    """Return places that hold equal parts of the light of a Moffat star of an alpha of 1."""
    part = (np.arange(48) + 0.5) / 48.0
    radius = np.sqrt((1.0 - part) ** (-1.0 / (BETA - 1.0)) - 1.0)
    angle = np.linspace(0.0, 2.0 * np.pi, angles, endpoint=False) + first
    return radius[:, None] * np.cos(angle), radius[:, None] * np.sin(angle)
