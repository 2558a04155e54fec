"""Time zones of places of which only the longitude is known, and whether a zone can be that of a place."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

DEGREES_AN_HOUR = 15.0
"""How far the Earth turns in an hour."""

_FARTHEST_H = 4.0
# No clock on Earth is farther from the Sun; from here on a zone's noon may fall into the night.
_ANY_WINTER = datetime(2026, 1, 15, tzinfo=UTC)


def zone_of_longitude(longitude_deg: float) -> str:
    """Return the zone of a longitude's full hour (degrees, east positive), which knows no summer time."""
    hours = round(longitude_deg / DEGREES_AN_HOUR)
    # POSIX counts westwards: Etc/GMT-1 is one hour east of Greenwich.
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


@lru_cache(maxsize=256)
def is_near(zone: str, longitude_deg: float) -> bool:
    """Return whether a zone's noon is by day at a longitude (degrees, east positive), whatever its date there."""
    offset = _ANY_WINTER.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    ahead_h = offset.total_seconds() / 3600 - longitude_deg / DEGREES_AN_HOUR
    return abs((ahead_h + 12.0) % 24.0 - 12.0) <= _FARTHEST_H
