"""Frames to export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tsplug.astrobin.frames import Frame, FrameKind, Gear, Place

PLACE = Place(
    name="Sternwarte", latitude_deg=47.4, longitude_deg=8.5, time_zone="Europe/Zurich", bortle=4.5, sky_quality=20.52
)
GEAR = Gear(rig="Refractor", telescope="TS", camera="Sim")
MakeFrame = Callable[..., Frame]


def made(kind: FrameKind, number: int, changes: dict[str, Any]) -> Frame:
    """Return a frame of M 81's night from the fields that differ."""
    base: dict[str, Any] = {
        "name": f"{kind}-{number}.fits",
        "kind": kind,
        "target_name": "M 81" if kind is FrameKind.LIGHT else "",
        "night": date(2026, 1, 15),
        "started": datetime(2026, 1, 15, 20, 0, number % 60, tzinfo=UTC),
        "filter_name": "L" if kind in (FrameKind.LIGHT, FrameKind.FLAT) else "",
        "filter_id": 2906 if kind is FrameKind.LIGHT else None,
        "exposure_s": {FrameKind.LIGHT: 120.0, FrameKind.DARK: 120.0}.get(kind, 1.5),
        "gain": 100,
        "offset": 30,
        "binning": 1,
        "set_point_c": -10.0,
        "sensor_c": -9.6,
        "focal_length_mm": 550.0,
        "f_number": 5.5,
        "pixel_um": 3.76,
        "place": PLACE,
        "gear": GEAR,
    }
    if kind is FrameKind.LIGHT:
        base |= {"fwhm_arcsec": 3.1, "ambient_c": 2.0}
    return Frame(**(base | changes))


@pytest.fixture
def make_frame() -> MakeFrame:
    """Return what makes frames of a kind from the fields that differ; each has a name of its own."""
    count = 0

    def make(kind: FrameKind = FrameKind.LIGHT, **changes: Any) -> Frame:
        nonlocal count
        count += 1
        return made(kind, count, changes)

    return make
