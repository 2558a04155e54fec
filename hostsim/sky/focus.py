"""Where the focus lies, and how far a star spreads beside it."""

from __future__ import annotations

import math

from hostsim.sky.projection import Floats
from hostsim.sky.scene import LightPath, Optics, Sensor

_REFERENCE_C = 10.0


def best_focus_steps(optics: Optics, temperature_c: float, *, filter_name: str) -> float:
    """Return the focuser position of the sharpest stars; it drifts with temperature and differs by filter."""
    drift = optics.focus_drift_steps_per_c * (temperature_c - _REFERENCE_C)
    return optics.best_focus_steps + drift + optics.filter_focus_steps.get(filter_name, 0)


def defocus_um(optics: Optics, path: LightPath, *, slipped_um: float = 0.0) -> float:
    """Return how far the middle of the sensor lies behind best focus, in micrometres; negative is before it.

    ``slipped_um`` is how far best focus itself has moved outwards beside temperature and filter.
    """
    away_steps = path.focuser_position - best_focus_steps(optics, path.temperature_c, filter_name=path.filter_name)
    return away_steps * optics.microns_per_step - slipped_um


def field_defocus_um(optics: Optics, sensor: Sensor, *, x: Floats, y: Floats) -> Floats:
    """Return how far points of the sensor (unbinned pixels) lie behind its middle's focus: tilt and curvature."""
    half_x, half_y = (sensor.width - 1) / 2.0, (sensor.height - 1) / 2.0
    right, down = (x - half_x) / half_x, (y - half_y) / half_y
    squared = ((x - half_x) ** 2 + (y - half_y) ** 2) / (half_x**2 + half_y**2)
    tilt_x_um, tilt_y_um = optics.tilt_um
    return tilt_x_um * right + tilt_y_um * down + optics.curvature_um * squared


def disc_radius_px(optics: Optics, sensor: Sensor, *, away_um: Floats) -> Floats:
    """Return the outer radius in pixels of the disc into which a distance from focus spreads a point."""
    focal_ratio = optics.focal_length_mm / optics.aperture_mm
    return abs(away_um) / focal_ratio / 2.0 / sensor.pixel_um


def disc_hfr_per_radius(obstruction: float) -> float:
    """Return the radius of half the flux of an evenly lit ring as a fraction of its outer radius.

    Half of the ring's area lies within the square root of the mean of its squared radii.
    """
    return math.sqrt((1.0 + obstruction**2) / 2.0)
