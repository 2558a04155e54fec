"""Frames as facts, before a program writes them in its own words: what was taken when, with what, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Rig:
    """What takes the frames, and where it stands: degrees east positive, hours of local time before UTC."""

    latitude_deg: float = 52.2485
    longitude_deg: float = -0.1232
    utc_offset_h: int = 0
    telescope: str = "Tak FSQ-106"
    camera: str = "ZWO ASI6200MM Pro"
    wheel: str = "ZWO EFW"
    focuser: str = "ZWO EAF"
    rotator: str = "Falcon Rotator"
    software: str = "N.I.N.A. 3.0.0.1 (x64)"
    focal_length_mm: float = 530.0
    f_ratio: float = 5.0
    pixel_um: float = 3.76


PAPWORTH = Rig(utc_offset_h=1)
"""The published examples' sites, with the offset of the summer time of the nights below."""
GRENADA = Rig(latitude_deg=12.0529, longitude_deg=-61.7523, utc_offset_h=-4, telescope="RC 8", focal_length_mm=1624)
HAKSAN = Rig(latitude_deg=36.0976, longitude_deg=127.6844, utc_offset_h=9, telescope="RC 10", focal_length_mm=2000)


@dataclass(frozen=True)
class Shot:
    """One frame: UTC, seconds, Celsius; what is None was not told to the program."""

    kind: str
    started: datetime
    exposure_s: float
    gain: int | None = 100
    filter_name: str = ""
    object_name: str = ""
    hfr: float | None = None
    set_point_c: float | None = -10.0
    sensor_c: float | None = -10.0
    focuser_c: float | None = 12.0
    ambient_c: float | None = None
    sky_quality: float | None = None
    offset: int | None = 50
    binning: int = 1
    egain: float | None = 0.25
    rig: Rig = PAPWORTH

    @property
    def local(self) -> datetime:
        """Return the start in local time."""
        return self.started + timedelta(hours=self.rig.utc_offset_h)


def utc(text: str) -> datetime:
    """Return a moment written as ``2023-07-05 22:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def series(first: Shot, count: int, *, pause_s: float = 10.0) -> Iterator[Shot]:
    """Yield as many equal shots, one after the other."""
    step = timedelta(seconds=first.exposure_s + pause_s)
    for number in range(count):
        yield replace(first, started=first.started + number * step)
