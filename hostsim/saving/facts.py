"""Everything that header and file name of one frame are made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hostsim.equipment.camera import CameraReading
from hostsim.equipment.focuser import FocuserReading
from hostsim.equipment.guider import GuidingReading
from hostsim.equipment.mount import MountReading
from hostsim.equipment.rotator import RotatorReading
from hostsim.equipment.weatherstation import WeatherReading
from tsplug import Profile, Site

LIT_KINDS = ("LIGHT", "FLAT")
"""The kinds of frames that have seen light; calibration matches the others by camera settings alone."""


@dataclass(frozen=True)
class Subject:
    """What was imaged: names, the flats period, planned J2000 (hours, degrees; None: no plan) and position angle."""

    target_name: str
    project_name: str
    session_id: int
    ra_hours: float | None = None
    dec_deg: float | None = None
    rotation_deg: float = 0.0


@dataclass(frozen=True)
class Readings:
    """What the devices told after the exposure; None where one is not there."""

    camera: CameraReading
    mount: MountReading | None = None
    focuser: FocuserReading | None = None
    rotator: RotatorReading | None = None
    guiding: GuidingReading | None = None
    wheel_name: str = ""
    weather: WeatherReading | None = None


@dataclass(frozen=True)
class FrameFacts:
    """One frame: kind, guid, number, times (UTC), seconds, filter, subject, rig and site.

    The kind is LIGHT, FLAT, DARKFLAT, DARK or BIAS.
    """

    guid: str
    kind: str
    number: int
    started: datetime
    ended: datetime
    exposure_s: float
    filter_name: str
    subject: Subject
    readings: Readings
    profile: Profile
    site: Site
    sequence_title: str = ""
    night_began: datetime | None = None

    @property
    def is_light(self) -> bool:
        """Return whether the sky was imaged; calibration frames carry nothing of target and pointing."""
        return self.kind == "LIGHT"

    @property
    def is_lit(self) -> bool:
        """Return whether light was let in; frames of the dark have neither filter nor angle, wherever those stand."""
        return self.kind in LIT_KINDS

    def with_weather_from(self, before: WeatherReading | None) -> FrameFacts:
        """Return the same with the weather of the middle: between what was shown before the exposure and after."""
        after = self.readings.weather
        if before is None or after is None:
            return self
        return replace(self, readings=replace(self.readings, weather=before.halfway(after)))

    @property
    def started_local(self) -> datetime:
        """Return the beginning in the site's own time."""
        return self.started.astimezone(ZoneInfo(self.site.time_zone))
