"""Moments as people at a site read them: by its clock, told with its zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_FULL_HOURS = "Etc/GMT"


def clock_words(moment: datetime, zone: str, *, shown: str = "%H:%M:%S") -> str:
    """Return what the clock of a zone shows at a moment, and which clock that is.

    >>> clock_words(datetime.fromisoformat("2026-01-15T21:30:00+00:00"), "Europe/Zurich", shown="%H:%M")
    '22:30 Europe/Zurich'
    """
    return f"{moment.astimezone(ZoneInfo(zone)):{shown}} {zone_words(zone)}"


def zone_words(zone: str) -> str:
    """Return a zone's name; one of full hours, whose names count westwards, as clocks are read.

    >>> zone_words("Europe/Zurich"), zone_words("Etc/GMT-1"), zone_words("Etc/GMT+7")
    ('Europe/Zurich', 'UTC+1', 'UTC-7')
    """
    hours = zone.removeprefix(_FULL_HOURS)
    return f"UTC{hours.translate(_EASTWARDS)}" if hours != zone and hours[:1] in ("+", "-") else zone


_EASTWARDS = str.maketrans("+-", "-+")
