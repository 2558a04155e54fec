"""Calendar days of a place, from midnight to midnight, also where clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def midnight(day: date, time_zone: str) -> datetime:
    """Return the moment, in UTC, at which a day begins in a time zone.

    Where clocks are put forward at midnight the day begins an hour later by the clock; where midnight comes twice, the
    first counts.
    """
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
