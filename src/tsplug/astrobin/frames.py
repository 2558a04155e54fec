"""Frames as the export sees them, wherever they come from: what they are, how they were taken, what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tsplug.model import Value


class FrameKind(StrEnum):
    """What a frame is for."""

    LIGHT = "light"
    FLAT = "flat"
    DARK = "dark"
    FLAT_DARK = "flat dark"
    BIAS = "bias"


class Place(Value):
    """Where lights were taken: degrees (east positive), metres, mag/arcsec2; None where unknown.

    ``time_zone`` is an IANA name; empty where only the longitude tells the time.
    """

    name: str
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    elevation_m: float | None = None
    time_zone: str = ""
    bortle: float | None = None
    sky_quality: float | None = None


class Gear(Value):
    """What frames were taken with, by the names that devices and programs give; empty where unknown."""

    rig: str = ""
    telescope: str = ""
    camera: str = ""
    wheel: str = ""
    focuser: str = ""
    rotator: str = ""
    software: str = ""
    observer: str = ""
    site_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame: seconds, Celsius, millimetres, micrometres (binning included), arcseconds, degrees; None if unknown.

    ``name`` identifies it: a path, or a record's guid. ``count`` is how many frames it stands for: one, or what a
    master's history tells. ``started`` is in UTC, ``started_local`` without zone. ``flats`` names the flats linked to
    a light; None where no link is known, so that they must be matched. ``sources`` tells by meaning which key, file
    name or setting supplied a value.
    """

    name: str
    kind: FrameKind
    is_master: bool = False
    count: int | None = 1
    target_name: str = ""
    started: datetime | None = None
    started_local: datetime | None = None
    night: date | None = None
    filter_name: str = ""
    filter_id: int | None = None
    exposure_s: float = 0.0
    gain: float | None = None
    iso: int | None = None
    egain: float | None = None
    offset: float | None = None
    binning: int | None = None
    readout_mode: str = ""
    roi_percent: float | None = None
    rotation_deg: float | None = None
    set_point_c: float | None = None
    sensor_c: float | None = None
    focal_length_mm: float | None = None
    f_number: float | None = None
    pixel_um: float | None = None
    hfr_px: float | None = None
    fwhm_arcsec: float | None = None
    ambient_c: float | None = None
    focuser_c: float | None = None
    sky_quality: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    place: Place | None = None
    gear: Gear = field(default_factory=Gear)
    flats: tuple[str, ...] | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def scale_arcsec(self) -> float | None:
        """Return arcseconds a pixel, pixel size / focal length x 206.265, or None where one is unknown or zero."""
        if not self.pixel_um or not self.focal_length_mm:
            return None
        return self.pixel_um / self.focal_length_mm * 206.265


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One bad field of one frame: the frame's name, the keyword, what it holds, and what is wrong with it."""

    name: str
    key: str
    value: str
    reason: str

    def __str__(self) -> str:
        """Return one line for people."""
        value = f" {self.value!r}:" if self.value else ""
        return f"{self.name}: {self.key}{value} {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A frame that is not counted, and why."""

    name: str
    reason: str
    wanted: bool = True
    """Whether it should have counted: a fault, and not what the user asked for."""

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.name}: {self.reason}"
