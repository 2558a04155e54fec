"""A small but complete catalogue for tests: one rig, two projects, three targets, five filters."""

from __future__ import annotations

from typing import Any

from tsplug.ports import Clock, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.testing.clock import ManualClock
from tsplug.testing.store import memory_store


def first_catalogue() -> dict[str, Any]:
    """Return the document of a rig on a winter evening, fresh at every call so that a test may change it.

    Project *Nebulae* is graded and owes flats every night; *Galaxies* is not graded.
    """
    return {
        "site": _site(),
        "profile": _profile(),
        "templates": [_template(name) for name in ("L", "R", "G", "B")] + [_template("Ha", seconds=300.0, gain=200)],
        "projects": [_nebulae(), _galaxies()],
        "trained_flats": [_trained(name, seconds) for name, seconds in _FLAT_SECONDS.items()],
    }


def stocked_store(clock: Clock | None = None, document: dict[str, Any] | None = None) -> Store:
    """Return a store in memory that holds a catalogue: the given document, or `first_catalogue`."""
    clock = clock or ManualClock()
    store = memory_store(clock)
    load_catalogue(first_catalogue() if document is None else document, store, clock=clock)
    return store


_FLAT_SECONDS = {"L": 0.5, "R": 1.0, "G": 1.0, "B": 1.2, "Ha": 6.0}


def _site() -> dict[str, Any]:
    return {
        "name": "Sternwarte",
        "latitude_deg": 47.4,
        "longitude_deg": 8.5,
        "elevation_m": 450.0,
        "time_zone": "Europe/Zurich",
        "sky_quality": 20.5,
        "bortle": 5,
    }


def _profile() -> dict[str, Any]:
    return {
        "name": "Refractor",
        "observer": "A. Observer",
        "telescope": "TS 100/550",
        "focal_length_mm": 550.0,
        "aperture_mm": 100.0,
        "camera": "Sim 1600",
        "pixel_size_um": 3.76,
        "sensor_width_px": 1600,
        "sensor_height_px": 1200,
        "filters": ["L", "R", "G", "B", "Ha"],
        "filter_offsets": [0, 10, 5, -5, 40],
        "astrobin_filters": {"L": 2906, "R": 2914, "G": 2912, "B": 2909, "Ha": 4657},
        "panel_max_brightness": 255,
    }


def _template(name: str, *, seconds: float = 120.0, gain: int = 100) -> dict[str, Any]:
    return {
        "name": name,
        "filter_name": name,
        "default_exposure_s": seconds,
        "gain": gain,
        "offset": 30,
        "binning": 1,
        "readout_mode": 0,
        "twilight": "nighttime" if name != "Ha" else "nautical",
    }


def _nebulae() -> dict[str, Any]:
    return {
        "name": "Nebulae",
        "state": "active",
        "priority": 2,
        "flats_handling": 1,
        "minimum_altitude_deg": 20.0,
        "targets": [
            _target("M 42", ra_hours=5.588, dec_deg=-5.39, plans={"Ha": 6, "L": 10}),
            _target("Rosette", ra_hours=6.533, dec_deg=4.95, plans={"Ha": 8}),
        ],
    }


def _galaxies() -> dict[str, Any]:
    return {
        "name": "Galaxies",
        "state": "active",
        "grading_enabled": False,
        "flats_handling": 1,
        "targets": [_target("M 81", ra_hours=9.926, dec_deg=69.07, plans={"L": 20, "R": 10, "G": 10, "B": 10})],
    }


def _target(name: str, *, ra_hours: float, dec_deg: float, plans: dict[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "ra_hours": ra_hours,
        "dec_deg": dec_deg,
        "rotation_deg": 30.0,
        "plans": [{"template": template, "desired": desired} for template, desired in plans.items()],
    }


def _trained(name: str, seconds: float) -> dict[str, Any]:
    return {
        "filter_name": name,
        "gain": 200 if name == "Ha" else 100,
        "offset": 30,
        "binning": 1,
        "readout_mode": 0,
        "brightness": 120,
        "exposure_s": seconds,
        "target_adu": 25_000.0,
    }
