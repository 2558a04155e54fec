"""Lights to export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tsplug.astrobin.lights import Gear, Light, Place

PLACE = Place(name="Sternwarte", latitude_deg=47.4, longitude_deg=8.5, bortle=4.5, sky_quality=20.52)
GEAR = Gear(rig="Refractor", telescope="TS", camera="Sim", focal_length_mm=550.0, aperture_mm=100.0, pixel_size_um=3.76)
MakeLight = Callable[..., Light]


@pytest.fixture
def make_light() -> MakeLight:
    """Return what makes a light of M 81 from the fields that differ."""

    def make(**changes: Any) -> Light:
        base: dict[str, Any] = {
            "target_name": "M 81",
            "night": date(2026, 1, 15),
            "started": "2026-01-15T20:00:00+00:00",
            "filter_name": "L",
            "filter_id": 2906,
            "exposure_s": 120.0,
            "gain": 100,
            "set_point_c": -10.0,
            "sensor_c": -9.6,
            "fwhm_arcsec": 3.1,
            "ambient_c": 2.0,
            "place": PLACE,
            "gear": GEAR,
        }
        return Light(**(base | changes))

    return make
