"""Moments of a night as a sequence names them: a time, a twilight, an altitude."""

from __future__ import annotations

import datetime as dates
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hostsim.devices.parts import astrometry
from hostsim.sequence.sun import altitude_deg, sun_altitude_deg, sun_altitudes_deg
from tsplug import InputError, Site

_SUN_DEG = {"civil": -6.0, "nautical": -12.0, "astronomical": -18.0, "horizon": -0.833}
_STEP = timedelta(minutes=1)
_LONGEST = timedelta(hours=24)
_NOON = dates.time(12)
_JUST_NOW = timedelta(hours=2)
_FIRST_YEAR, _LAST_YEAR = 1950, 2099


def _clock_time(value: object) -> object:
    if value is None or isinstance(value, datetime):
        return value
    read = _read(value) if isinstance(value, str) else value
    # A number would count as seconds of the day, and an offset without a date be dropped.
    if not isinstance(read, datetime | dates.time) or (isinstance(read, dates.time) and read.tzinfo is not None):
        raise ValueError(f"give a local time without zone such as 22:30, or a date and time with zone, not {value!r}")
    return read


def _read(text: str) -> object:
    for read in (dates.time.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return read(text)
    return None


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

        Dawn is when the Sun rises through its altitude for the last time in a night, noon to noon: in the present one,
        or the coming one where it came more than two hours ago. A night in which it does not ends at its noon.

        Raises:
            InputError: it does not come to pass within a day.
        """
        if self.time is not None:
            return _next_time(self.time, now, site=site).astimezone(UTC)
        if self.twilight is not None and self.when == "dawn":
            return _next_dawn(_SUN_DEG[self.twilight], now, site=site)
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
            limit_deg = _SUN_DEG[self.twilight]
            return lambda moment: sun_altitude_deg(site, moment) <= limit_deg
        assert self.altitude is not None
        return _altitude(self.altitude, site)


def _next_time(wanted: dates.time | datetime, now: datetime, *, site: Site) -> datetime:
    if isinstance(wanted, datetime):
        return max(wanted, now)
    zone = ZoneInfo(site.time_zone)
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    return min(moment for day in (today, tomorrow) for moment in _shown(wanted, day, zone=zone) if moment >= now)


def _shown(wanted: dates.time, day: dates.date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the two moments (UTC) at which clocks show a time of a day; the same twice but where they go back.

    In UTC, for clocks of one zone do not tell the two apart. A time that they skip is when it would have been.
    """
    first, second = (datetime.combine(day, wanted.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first, max(first, second)


def _next_dawn(limit_deg: float, now: datetime, *, site: Site) -> datetime:
    local = now.astimezone(site.night_zone)
    day = local.date() - timedelta(days=local.time() < _NOON)
    dawn = _last_rise(limit_deg, day, site=site)
    if dawn is not None and now - dawn > _JUST_NOW:
        day += timedelta(days=1)
        dawn = _last_rise(limit_deg, day, site=site)
    return max(now, dawn or _noon(day + timedelta(days=1), site))


def _last_rise(limit_deg: float, day: dates.date, *, site: Site) -> datetime | None:
    """Return the first full minute after the Sun has risen through an altitude for the last time in a day's night."""
    first, last = (_noon(day + timedelta(days=days), site) for days in (0, 1))
    hours = np.arange((last - first) // _STEP + 1) / 60.0
    above = sun_altitudes_deg(site, first, hours=hours) >= limit_deg
    rises = np.flatnonzero(~above[:-1] & above[1:])
    return first + int(rises[-1] + 1) * _STEP if len(rises) else None


def _noon(day: dates.date, site: Site) -> datetime:
    return datetime.combine(day, _NOON, site.night_zone).astimezone(UTC)


def _altitude(wanted: Altitude, site: Site) -> Callable[[datetime], bool]:
    def holds(moment: datetime) -> bool:
        ra, dec = astrometry.of_date(wanted.ra_hours, wanted.dec_deg, moment=moment)
        altitude = altitude_deg(ra, dec, site=site, moment=moment)
        if wanted.above_deg is not None:
            return altitude >= wanted.above_deg
        return altitude <= (wanted.below_deg or 0.0)

    return holds
