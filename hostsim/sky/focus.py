"""Where the focus lies, and how far a star spreads beside it."""

from __future__ import annotations

from hostsim.sky.scene import LightPath, Optics

_REFERENCE_C = 10.0


def best_focus_steps(optics: Optics, temperature_c: float, *, filter_name: str) -> float:
    """Return the focuser position of the sharpest stars; it drifts with temperature and differs by filter."""
    drift = optics.focus_drift_steps_per_c * (temperature_c - _REFERENCE_C)
    return optics.best_focus_steps + drift + optics.filter_focus_steps.get(filter_name, 0)


def blur_radius_um(optics: Optics, path: LightPath) -> float:
    """Return the radius in micrometres, at the sensor, of the disc into which defocus spreads a point."""
    away_steps = path.focuser_position - best_focus_steps(optics, path.temperature_c, filter_name=path.filter_name)
    focal_ratio = optics.focal_length_mm / optics.aperture_mm
    return abs(away_steps) * optics.microns_per_step / focal_ratio / 2.0
