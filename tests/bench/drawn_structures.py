"""What is in the sky or the telescope beside stars, drawn: filaments of nebulae and spikes of bright stars."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Lights = NDArray[np.float32]

_STEP_PX = 0.5
_WIDTHS_PX = (1.2, 1.8, 2.7)


def add_filaments(light: Lights, per_mp: float, *, random: np.random.Generator, brightness_e: float) -> None:
    """Draw bent filaments, some pixels wide, whose brightness wanders along them with knots of 8 to 30 px."""
    height, width = light.shape
    for sigma in _WIDTHS_PX:
        layer = np.zeros((height, width))
        for _ in range(max(1, round(per_mp * layer.size / 1e6 / len(_WIDTHS_PX)))):
            x, y, weight = _filament(width, height, random=random)
            _splat(layer, x, y, weight=weight * brightness_e * sigma * math.sqrt(2.0 * math.pi) * _STEP_PX)
        light += _blurred(layer, sigma).astype(np.float32)


def add_spikes(light: Lights, star: tuple[float, float, float], *, sigma_px: float, angle_deg: float) -> None:
    """Draw the four spikes of a bright star of so many electrons, as the vanes of a Newtonian make them.

    A thousandth of its light goes into each: brightest at the star, and half as bright 25 px out.
    """
    x, y, flux = star
    height, width = light.shape
    reach, half = 300, 6
    along = np.arange(0.0, reach, _STEP_PX)
    profile = 1.0 / (1.0 + (along / 25.0) ** 2) * (1.0 + 0.25 * np.sin(along / 7.0))
    profile *= 1e-3 * flux / profile.sum()
    layer = np.zeros((2 * (reach + half) + 1,) * 2)
    for turn in range(4):
        angle = math.radians(angle_deg + 90.0 * turn)
        middle = reach + half
        _splat(
            layer,
            middle + (x - math.floor(x)) + along * math.cos(angle),
            middle + (y - math.floor(y)) + along * math.sin(angle),
            weight=profile,
        )
    layer = _blurred(layer, sigma_px)
    top, left = math.floor(y) - reach - half, math.floor(x) - reach - half
    rows = slice(max(0, top), min(height, top + layer.shape[0]))
    columns = slice(max(0, left), min(width, left + layer.shape[1]))
    part = layer[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    light[rows, columns] += part.astype(np.float32)


def _filament(width: int, height: int, *, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return points half a pixel apart along a bent line, and how bright each is from 0 to 1."""
    count = int(random.uniform(300, 900) / _STEP_PX)
    bend = np.interp(np.arange(count), np.arange(0, count + 120, 120), random.normal(0.0, 0.012, -(-count // 120) + 1))
    angle = random.uniform(0, 2 * math.pi) + np.cumsum(bend * _STEP_PX)
    x = random.uniform(0, width) + np.cumsum(np.cos(angle)) * _STEP_PX
    y = random.uniform(0, height) + np.cumsum(np.sin(angle)) * _STEP_PX
    knots = np.cumsum(random.uniform(8, 30, count // 8) / _STEP_PX)
    wandering = np.interp(np.arange(count), knots, random.uniform(0.2, 1.0, knots.size))
    ends = np.sin(np.linspace(0.0, math.pi, count)) ** 0.5
    return x, y, wandering * ends


def _splat(layer: Floats, x: Floats, y: Floats, *, weight: Floats) -> None:
    """Spread points over the four pixels next to each."""
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    inside = (column >= 0) & (row >= 0) & (column < layer.shape[1] - 1) & (row < layer.shape[0] - 1)
    column, row, x, y, weight = column[inside], row[inside], x[inside], y[inside], weight[inside]
    right, down = x - column, y - row
    for across in (0, 1):
        for below in (0, 1):
            share = (right if across else 1.0 - right) * (down if below else 1.0 - down)
            np.add.at(layer, (row + below, column + across), weight * share)


def _blurred(layer: Floats, sigma: float) -> Floats:
    """Return a layer convolved with a Gaussian."""
    half = math.ceil(4 * sigma)
    kernel = np.exp(-(np.arange(-half, half + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    for _ in range(2):
        padded = np.pad(layer, ((half, half), (0, 0)))
        layer = sum(share * padded[row : row + layer.shape[0]] for row, share in enumerate(kernel)).T
    return layer
