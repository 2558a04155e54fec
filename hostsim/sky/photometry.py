"""From magnitudes to electrons, for one telescope, sensor and filter."""

from __future__ import annotations

import math

from hostsim.sky.filters import FilterCurve
from hostsim.sky.scene import Optics, Sensor

# About 1000 photons per second, square centimetre and angstrom at magnitude 0, over the 300 nm of a luminance filter.
_PHOTONS_PER_S_CM2 = 3.0e6


def pixel_scale_arcsec(optics: Optics, sensor: Sensor) -> float:
    """Return the arcseconds that one unbinned pixel spans."""
    return 206.264806 * sensor.pixel_um / optics.focal_length_mm


def zero_point_e_per_s(optics: Optics, sensor: Sensor, *, filter_curve: FilterCurve) -> float:
    """Return the electrons per second of a star of magnitude 0 above the atmosphere."""
    area_cm2 = math.pi * (optics.aperture_mm / 20.0) ** 2
    return _PHOTONS_PER_S_CM2 * area_cm2 * optics.throughput * sensor.quantum_efficiency * filter_curve.bandwidth
