"""Amplifier glow: what the readout electronics beside the chip shine into its corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.scene import Sensor

# Each glow at the right edge: how far above the bottom and how wide, in heights of the sensor, and its share.
_GLOWS = ((0.0, 0.09, 0.65), (0.0, 0.24, 0.35), (0.72, 0.13, 0.30))
_FAINTEST = 1.0e-4
_DOUBLES_EVERY_C = 14.0
_REFERENCE_C = -10.0


@dataclass(frozen=True)
class Glow:
    """One round glow at the right edge as a product of a curve in x and a curve in y; nothing before ``first``."""

    first: int
    across: NDArray[np.float32]
    down: NDArray[np.float32]


class AmpGlow:
    """The glow of one chip: round patches at the right edge, brightest in the bottom right corner."""

    def __init__(self, sensor: Sensor) -> None:
        """Shape the glow to the sensor."""
        self._glows = (
            [_glow(sensor, bottom, size=size, share=share) for bottom, size, share in _GLOWS]
            if sensor.amp_glow_e_per_s > 0.0
            else []
        )

    def add(self, electrons: NDArray[np.float32], factor: float, *, first_x: int, first_y: int) -> None:
        """Add ``factor`` seconds' worth at -10 degrees C to the part of the sensor that begins at a pixel."""
        rows = slice(first_y, first_y + electrons.shape[1])
        for glow in self._glows:
            begin = max(0, glow.first - first_x)
            if begin < electrons.shape[0]:
                columns = slice(first_x + begin - glow.first, first_x + electrons.shape[0] - glow.first)
                electrons[begin:] += (glow.across[columns] * np.float32(factor))[:, None] * glow.down[None, rows]


def glow_seconds(duration_s: float, temperature_c: float) -> float:
    """Return how many seconds at -10 degrees C glow as much as an exposure; 14 degrees double it.

    Light from transistors grows more slowly with warmth than the dark current does.
    """
    return float(duration_s * 2.0 ** ((temperature_c - _REFERENCE_C) / _DOUBLES_EVERY_C))


def _glow(sensor: Sensor, bottom: float, *, size: float, share: float) -> Glow:
    width_px = size * sensor.height
    x = sensor.width - 1 - np.arange(sensor.width)
    y = sensor.height - 1 - bottom * sensor.height - np.arange(sensor.height)
    across = share * sensor.amp_glow_e_per_s * np.exp(-0.5 * (x / width_px) ** 2)
    bright = np.flatnonzero(across > _FAINTEST * sensor.amp_glow_e_per_s)
    first = int(bright[0]) if bright.size else sensor.width
    return Glow(first, across[first:].astype(np.float32), np.exp(-0.5 * (y / width_px) ** 2).astype(np.float32))
