"""Dust: the soft rings that grains on glass cast on the sensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import stream


@dataclass(frozen=True)
class DustLayer:
    """How dusty one surface is: how many grains, the range of shadow radii (micrometres) and of depths (fractions)."""

    grains: int
    radius_um: tuple[float, float]
    depth: tuple[float, float]


SENSOR_WINDOW = DustLayer(grains=7, radius_um=(25.0, 90.0), depth=(0.03, 0.09))
FILTER_GLASS = DustLayer(grains=5, radius_um=(90.0, 190.0), depth=(0.02, 0.05))
TELESCOPE_GLASS = DustLayer(grains=3, radius_um=(260.0, 420.0), depth=(0.015, 0.03))


@dataclass(frozen=True)
class Shadows:
    """The shadows of one surface: offsets from the frame's centre and radii in micrometres, and depths."""

    right_um: NDArray[np.float64]
    down_um: NDArray[np.float64]
    radius_um: NDArray[np.float64]
    depth: NDArray[np.float64]


@dataclass(frozen=True)
class Patch:
    """What one grain leaves of the light around it: factors indexed [x][y] from the sensor's pixel (left, top) on."""

    left: int
    top: int
    factor: NDArray[np.float32]

    def dim(self, light: NDArray[np.float32], *, first_x: int, first_y: int) -> None:
        """Multiply the patch into the part of the sensor that begins at a pixel; elsewhere nothing changes."""
        right, bottom = self.left + self.factor.shape[0], self.top + self.factor.shape[1]
        x0, x1 = max(self.left, first_x), min(right, first_x + light.shape[0])
        y0, y1 = max(self.top, first_y), min(bottom, first_y + light.shape[1])
        if x0 < x1 and y0 < y1:
            mine = self.factor[x0 - self.left : x1 - self.left, y0 - self.top : y1 - self.top]
            light[x0 - first_x : x1 - first_x, y0 - first_y : y1 - first_y] *= mine


def shadows(seed: int, surface: str, *, layer: DustLayer, size_um: tuple[float, float]) -> Shadows:
    """Return the shadows on a named surface, spread over a frame of this width and height."""
    rng = stream(seed, f"dust {surface}")
    return Shadows(
        right_um=rng.uniform(-0.47, 0.47, layer.grains) * size_um[0],
        down_um=rng.uniform(-0.47, 0.47, layer.grains) * size_um[1],
        radius_um=rng.uniform(*layer.radius_um, layer.grains),
        depth=rng.uniform(*layer.depth, layer.grains),
    )


def patches(cast_by: Shadows, *, shape: tuple[int, int], pixel_um: float) -> tuple[Patch, ...]:
    """Return what falls on a sensor of ``shape`` (width, height) of the shadows of one surface."""
    width, height = shape
    columns = (width - 1) / 2.0 + cast_by.right_um / pixel_um
    rows = (height - 1) / 2.0 + cast_by.down_um / pixel_um
    found = []
    for x, y, radius, depth in zip(columns, rows, cast_by.radius_um / pixel_um, cast_by.depth, strict=True):
        reach = 1.6 * radius
        left, right = (int(np.clip(edge, 0, width)) for edge in (x - reach, x + reach + 1))
        top, bottom = (int(np.clip(edge, 0, height)) for edge in (y - reach, y + reach + 1))
        distance = np.hypot(np.arange(left, right)[:, None] - x, np.arange(top, bottom)[None, :] - y) / radius
        found.append(Patch(left, top, (1.0 - depth * _ring(distance)).astype(np.float32)))
    return tuple(found)


def _ring(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shadow's depth profile: a soft disc, half as deep in the middle."""
    disc = 1.0 / (1.0 + np.exp((distance - 1.0) / 0.07))
    middle = 1.0 / (1.0 + np.exp((distance - 0.4) / 0.07))
    return np.asarray(disc - 0.5 * middle, dtype=np.float64)
