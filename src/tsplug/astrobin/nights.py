"""Which day a frame belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tsplug.astrobin.frames import Frame, Place

_HALF_DAY = timedelta(hours=12)


def night_of(frame: Frame, place: Place | None) -> date | None:
    """Return the date of the last local noon before a frame; None where its time is unknown.

    Local time is what the frame itself says, else that of the place's time zone, else UTC + longitude / 15 hours, and
    UTC only where nothing is known of the place.
    """
    local = _local(frame, place)
    return None if local is None else (local - _HALF_DAY).date()


def utc_date_of(frame: Frame) -> date | None:
    """Return the calendar date in UTC of a frame's start; None where it is unknown."""
    return None if frame.started is None else frame.started.date()


def local_time(moment: datetime, place: Place | None) -> datetime:
    """Return a moment as the clocks at a place show it, without zone."""
    if place is not None and place.time_zone:
        return moment.astimezone(ZoneInfo(place.time_zone)).replace(tzinfo=None)
    longitude = 0.0 if place is None or place.longitude_deg is None else place.longitude_deg
    return (moment.astimezone(UTC) + timedelta(hours=longitude / 15)).replace(tzinfo=None)


def is_guessed(frame: Frame, place: Place | None) -> bool:
    """Return whether nothing but UTC tells a frame's night."""
    if frame.started is None or frame.started_local is not None:
        return False
    return place is None or (not place.time_zone and place.longitude_deg is None)


def _local(frame: Frame, place: Place | None) -> datetime | None:
    if frame.started_local is not None:
        return frame.started_local
    return None if frame.started is None else local_time(frame.started, place)
