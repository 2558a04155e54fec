"""The header cards of frames, from a light and a flat of which everything is known."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from generator.tables import table

from hostsim.equipment.camera import CameraReading
from hostsim.equipment.focuser import FocuserReading
from hostsim.equipment.mount import MountReading
from hostsim.equipment.rotator import RotatorReading
from hostsim.equipment.weatherstation import WeatherReading
from hostsim.saving.facts import FrameFacts, Readings, Subject
from hostsim.saving.header import cards
from tsplug import PierSide, Profile, Site


def fits_keywords() -> str:
    """Return every header card of a light, and whether flats have it too."""
    facts = {kind: {card[0] for card in cards(_sample(kind))} for kind in ("LIGHT", "FLAT")}
    rows = [
        [f"`{keyword}`", comment, "yes" if keyword in facts["FLAT"] else "no"]
        for keyword, _, comment in cards(_sample("LIGHT"))
    ]
    return table(["keyword", "comment", "in flats too"], rows)


def _sample(kind: str) -> FrameFacts:
    moment = datetime(2026, 1, 15, 21, tzinfo=UTC)
    readings = Readings(
        CameraReading("", 0, 0, 1, 0, "mode", 3.76, 1.0, -10.0, -10.0, (0, 0)),
        MountReading("", 0.0, 0.0, 60.0, 0.0, PierSide.EAST),
        FocuserReading("", 0, 1.0, 0.0),
        RotatorReading("", 0.0, 0.0, 0.01),
        wheel_name="wheel",
        weather=WeatherReading(*(0.0 for _ in fields(WeatherReading))),
    )
    rig = Profile(
        name="rig", site_id=1, focal_length_mm=540, aperture_mm=107, pixel_size_um=3.76, observer="A", telescope="T"
    )
    site = Site(name="site", latitude_deg=47, longitude_deg=8)
    subject = Subject("target", "project", 1, ra_hours=0.0, dec_deg=0.0)
    return FrameFacts("guid", kind, 1, moment, moment, 60.0, "L", subject, readings, rig, site)
