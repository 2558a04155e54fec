"""Moments of a night as a sequence names them: a time, a twilight, an altitude."""

from __future__ import annotations

import datetime as dates
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hostsim.devices.parts import astrometry
from hostsim.sequence.sun import altitude_deg, sun_altitude_deg
from tsplug import InputError, Site

_SUN_DEG = {"civil": -6.0, "nautical": -12.0, "astronomical": -18.0, "horizon": -0.833}
_STEP = timedelta(minutes=1)
_LONGEST = timedelta(hours=24)
_FIRST_YEAR, _LAST_YEAR = 1950, 2099


def _clock_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    for read in (dates.time.fromisoformat, datetime.fromisoformat):
        try:
            return read(value)
        except ValueError:
            continue
    raise ValueError(f"give a local time such as 22:30, or a date and time with zone, not {value!r}")


def check_year(moment: datetime) -> datetime:
    """Return a moment for whose year astronomy is sound.

    Raises:
        ValueError: the year lies outside 1950 to 2099.
    """
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"the year must lie within {_FIRST_YEAR} to {_LAST_YEAR}, not {moment.year}")
    return moment


class Altitude(BaseModel):
    """A place (J2000, hours and degrees) rising above, or sinking below, an altitude in degrees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ra_hours: float = Field(ge=0, lt=24)
    dec_deg: float = Field(ge=-90, le=90)
    above_deg: float | None = Field(default=None, strict=True, ge=-90, le=90)
    below_deg: float | None = Field(default=None, strict=True, ge=-90, le=90)

    @model_validator(mode="after")
    def _one_side(self) -> Altitude:
        if (self.above_deg is None) == (self.below_deg is None):
            raise ValueError("give either above_deg or below_deg")
        return self


class Until(BaseModel):
    """When something ends: exactly one of time, twilight, altitude."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: Annotated[
        dates.time | Annotated[AwareDatetime, AfterValidator(check_year)] | None, BeforeValidator(_clock_time)
    ] = Field(default=None, description="A local time such as 22:30 (the next one), or a date and time with zone.")
    twilight: Literal["civil", "nautical", "astronomical", "horizon"] | None = Field(
        default=None, description="The Sun's centre at -6, -12, -18 or -0.833 degrees."
    )
    when: Literal["dusk", "dawn"] = Field(default="dusk", description="Which end of the night `twilight` means.")
    altitude: Altitude | None = Field(default=None, description="A place above or below an altitude.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Until:
        given = [name for name in ("time", "twilight", "altitude") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of time, twilight, altitude, not {', '.join(given) or 'none'}")
        return self

    def moment(self, now: datetime, site: Site) -> datetime:
        """Return the first moment (UTC) from ``now`` on at which it is so, to the minute; ``now`` if it is so already.

        Raises:
            InputError: it does not come to pass within a day.
        """
        if self.time is not None:
            return _next_time(self.time, now, site=site).astimezone(UTC)
        holds = self._held(site)
        moment = now
        while not holds(moment):
            moment += _STEP
            if moment - now > _LONGEST:
                raise InputError(f"`until` ({self.described()}) does not come to pass within a day at {site.name}")
        return moment

    def described(self) -> str:
        """Return the condition in words."""
        if self.time is not None:
            return f"time {self.time.isoformat()}"
        if self.twilight is not None:
            return f"{self.twilight} {self.when}"
        assert self.altitude is not None
        side = "above" if self.altitude.above_deg is not None else "below"
        return f"altitude {side} {self.altitude.above_deg or self.altitude.below_deg or 0:g} degrees"

    def _held(self, site: Site) -> Callable[[datetime], bool]:
        if self.twilight is not None:
            return _twilight(_SUN_DEG[self.twilight], site, rising=self.when == "dawn")
        assert self.altitude is not None
        return _altitude(self.altitude, site)


def _next_time(wanted: dates.time | datetime, now: datetime, *, site: Site) -> datetime:
    if isinstance(wanted, datetime):
        return max(wanted, now)
    zone = ZoneInfo(site.time_zone)
    local = now.astimezone(zone)
    moment = datetime.combine(local.date(), wanted, zone)
    return moment if moment >= local else datetime.combine(local.date() + timedelta(days=1), wanted, zone)


def _twilight(limit_deg: float, site: Site, *, rising: bool) -> Callable[[datetime], bool]:
    def holds(moment: datetime) -> bool:
        altitude = sun_altitude_deg(site, moment)
        if not rising:
            return altitude <= limit_deg
        return altitude >= limit_deg and sun_altitude_deg(site, moment + _STEP) > altitude

    return holds


def _altitude(wanted: Altitude, site: Site) -> Callable[[datetime], bool]:
    def holds(moment: datetime) -> bool:
        ra, dec = astrometry.of_date(wanted.ra_hours, wanted.dec_deg, moment=moment)
        altitude = altitude_deg(ra, dec, site=site, moment=moment)
        if wanted.above_deg is not None:
            return altitude >= wanted.above_deg
        return altitude <= (wanted.below_deg or 0.0)

    return holds
