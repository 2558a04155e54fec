"""The time zone of a site of which only the longitude is known."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tsplug.model.zones import DEGREES_AN_HOUR, zone_of_longitude

_NEAR_H = 3.0


def guessed_zone(longitude_deg: float, system: str | None, *, now: datetime) -> tuple[str, str]:
    """Return a zone and the words that say where it comes from.

    The zone of this machine is taken if its clock could be one of that longitude; else the zone of the longitude's
    full hour, without summer time, so that noon falls into the day and a night has one date.

    Args:
        longitude_deg: of the site, east positive.
        system: the IANA name of this machine's zone, where it has one.
        now: a moment, for the machine's offset.
    """
    solar_h = longitude_deg / DEGREES_AN_HOUR
    if system and "/" in system and not system.startswith("Etc/") and abs(_offset_h(system, now) - solar_h) < _NEAR_H:
        return system, "that of this machine"
    return zone_of_longitude(longitude_deg), "guessed from the longitude, without summer time"


def _offset_h(zone: str, now: datetime) -> float:
    try:
        offset = now.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return float("inf")
    return offset.total_seconds() / 3600 if offset is not None else float("inf")
