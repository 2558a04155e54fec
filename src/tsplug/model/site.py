"""Where a telescope stands."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, ValidationInfo, field_validator
from sqlmodel import Field

from tsplug.model.base import Record, TimeZoneName, new_guid
from tsplug.model.zones import is_near, zone_of_longitude


class Site(Record):
    """A place on Earth with its horizon and sky: degrees (east positive), metres, mag/arcsec2.

    Without a time zone it has that of its longitude's full hour, without summer time.
    """

    model_config = ConfigDict(validate_default=True)

    guid: str = Field(default_factory=new_guid)
    name: str = Field(min_length=1)
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(default=0.0, ge=-500, le=10_000)
    time_zone: TimeZoneName = ""
    horizon: list[tuple[float, float]] = Field(default_factory=list)
    """Azimuth and altitude in degrees, by rising azimuth; empty is a level horizon."""
    sky_quality: float | None = Field(default=None, ge=0, le=25)
    bortle: float | None = Field(default=None, ge=1, le=9)

    @property
    def night_zone(self) -> ZoneInfo:
        """Return the zone whose noons part the nights: the site's own, if its noon is by day there.

        A zone from the other side of the Earth, such as UTC in California, would cut every night in two: there the
        longitude's counts.
        """
        near = is_near(self.time_zone, self.longitude_deg)
        return ZoneInfo(self.time_zone if near else zone_of_longitude(self.longitude_deg))

    @field_validator("time_zone", mode="before")
    @classmethod
    def _by_longitude(cls, given: Any, info: ValidationInfo) -> Any:
        # A longitude that is wrong is told by itself.
        return zone_of_longitude(info.data.get("longitude_deg", 0.0)) if given == "" else given

    @field_validator("horizon")
    @classmethod
    def _ordered(cls, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        for azimuth, altitude in points:
            if not (0 <= azimuth <= 360 and -90 <= altitude <= 90):
                raise ValueError(f"horizon point ({azimuth}, {altitude}) is outside 0..360, -90..90 degrees")
        return sorted(points)
