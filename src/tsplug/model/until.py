"""Moments of a night as sequences name them: a time, a twilight, an altitude."""

from __future__ import annotations

import datetime as dates
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from tsplug.model.base import Value

_FIRST_YEAR, _LAST_YEAR = 1950, 2099


def check_year(moment: datetime) -> datetime:
    """Return a moment for whose year astronomy is sound.

    Raises:
        ValueError: the year lies outside 1950 to 2099.
    """
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"the year must lie within {_FIRST_YEAR} to {_LAST_YEAR}, not {moment.year}")
    return moment


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


class Altitude(Value):
    """A place (J2000, hours and degrees) rising above, or sinking below, an altitude in degrees."""

    ra_hours: float = Field(ge=0, lt=24)
    dec_deg: float = Field(ge=-90, le=90)
    above_deg: float | None = Field(default=None, strict=True, ge=-90, le=90)
    below_deg: float | None = Field(default=None, strict=True, ge=-90, le=90)

    @model_validator(mode="after")
    def _one_side(self) -> Altitude:
        if (self.above_deg is None) == (self.below_deg is None):
            raise ValueError("give either above_deg or below_deg")
        return self


class Until(Value):
    """When something ends: exactly one of time, twilight, altitude."""

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

    def described(self) -> str:
        """Return the condition in words."""
        if self.time is not None:
            return f"time {self.time.isoformat()}"
        if self.twilight is not None:
            return f"{self.twilight} {self.when}"
        assert self.altitude is not None
        side = "above" if self.altitude.above_deg is not None else "below"
        return f"altitude {side} {self.altitude.above_deg or self.altitude.below_deg or 0:g} degrees"
