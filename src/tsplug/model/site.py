"""Where a telescope stands."""

from __future__ import annotations

from pydantic import field_validator
from sqlmodel import Field

from tsplug.model.base import Record, TimeZoneName, new_guid


class Site(Record):
    """A place on Earth with its horizon and sky: degrees (east positive), metres, mag/arcsec2."""

    guid: str = Field(default_factory=new_guid)
    name: str = Field(min_length=1)
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(default=0.0, ge=-500, le=10_000)
    time_zone: TimeZoneName = "UTC"
    horizon: list[tuple[float, float]] = Field(default_factory=list)
    """Azimuth and altitude in degrees, by rising azimuth; empty is a level horizon."""
    sky_quality: float | None = Field(default=None, ge=0, le=25)
    bortle: float | None = Field(default=None, ge=1, le=9)

    @field_validator("horizon")
    @classmethod
    def _ordered(cls, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        for azimuth, altitude in points:
            if not (0 <= azimuth <= 360 and -90 <= altitude <= 90):
                raise ValueError(f"horizon point ({azimuth}, {altitude}) is outside 0..360, -90..90 degrees")
        return sorted(points)
