"""The flat panel in the cover: a nearly even light before the optics."""

from __future__ import annotations

import math

import numpy as np

from hostsim.sky.filters import FilterCurve
from hostsim.sky.projection import turn
from hostsim.sky.scene import Optics, Sensor

# Full brightness, clear filter, 3.76 um pixels at f/5.05: fills a 50 000 e- well in two seconds.
_FULL_E_PER_S = 25_000.0
_REFERENCE_PIXEL_UM = 3.76
_REFERENCE_FOCAL_RATIO = 5.05
_REFERENCE_EFFICIENCY = 0.56
# How much brighter the panel is per half diagonal to the telescope's east and north: 0.26 % from corner to corner.
_SLOPE = (0.0005, -0.0012)


def panel_e_per_s(optics: Optics, sensor: Sensor, *, filter_curve: FilterCurve, level: float) -> float:
    """Return the electrons per second that the panel brings to a pixel in the middle, at ``level`` from 0 to 1."""
    pixel = (sensor.pixel_um / _REFERENCE_PIXEL_UM) ** 2
    speed = (_REFERENCE_FOCAL_RATIO * optics.aperture_mm / optics.focal_length_mm) ** 2
    efficiency = optics.throughput * sensor.quantum_efficiency / _REFERENCE_EFFICIENCY
    return _FULL_E_PER_S * pixel * speed * efficiency * filter_curve.panel * max(0.0, level)


def panel_slope(sensor: Sensor, rotator_deg: float, *, mirrored: bool = False) -> tuple[float, float]:
    """Return by which fraction the panel brightens per unbinned pixel to the right and down.

    The panel sits on the telescope, so what is uneven in it turns over the frame as vignetting does.
    """
    half_diagonal_px = math.hypot(sensor.width, sensor.height) / 2.0
    east, north = (np.array([part / half_diagonal_px]) for part in _SLOPE)
    right, down = turn(east, north, angle_deg=rotator_deg, mirrored=mirrored)
    return float(right[0]), float(down[0])
