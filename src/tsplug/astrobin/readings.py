"""Values of cards as numbers, angles and moments, whatever notation a program writes them in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isfinite

from tsplug.model.headers import CardValue

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")
_UNIT = re.compile(r"\s*(s|sec|C|degC|°C|mm|um|µm|px|''|\"|arcsec)?\s*$")
_SEXAGESIMAL = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<degrees>\d{1,3})\s*[\s:d°hD]\s*(?P<minutes>\d{1,2}(?:\.\d+)?)\s*(?:[\s:m'′]\s*"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:s|''|\"|″)?)?)?\s*(?P<side>[NSEWnsew]?)"
)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T\s](?P<time>\d{1,2}:\d{2}:\d{2})(?P<fraction>[.,]\d*)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


def number(value: CardValue) -> float:
    """Return a number, given as such or as text with or without a unit.

    Raises:
        ValueError: it is none, or not finite.
    """
    kind = type(value)
    if kind is bool:
        raise ValueError("is no number")
    if kind is float or kind is int:
        found = float(value)
    else:
        text = str(value).strip().strip("'").strip()
        match = _NUMBER.match(text)
        if match is None or not _UNIT.fullmatch(text[match.end() :]):
            raise ValueError("is no number")
        found = float(match[0].upper().replace("D", "E"))
    if not isfinite(found):
        raise ValueError("is no finite number")
    return found


def text(value: CardValue) -> str:
    """Return a text without quotes and outer blanks; a number as people write it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip().strip("'").strip()


def angle_deg(value: CardValue) -> float:
    """Return degrees from a number or from degrees, minutes and seconds; the sign counts for all three parts.

    ``-61 45 08`` is -61.752, ``-0 07 22`` is -0.123, ``52d14m54s N`` is 52.248, ``7 30 W`` is -7.5.

    Raises:
        ValueError: it is no angle.
    """
    try:
        return number(value)
    except ValueError:
        match = _SEXAGESIMAL.fullmatch(str(value).strip().strip("'").strip())
    if match is None:
        raise ValueError("is no angle")
    minutes, seconds = float(match["minutes"]), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError("has 60 or more minutes or seconds")
    size = int(match["degrees"]) + minutes / 60 + seconds / 3600
    return -size if (match["sign"] == "-") != (match["side"].upper() in ("S", "W") and bool(match["side"])) else size


def latitude_deg(value: CardValue) -> float:
    """Return a latitude.

    Raises:
        ValueError: it is no angle of -90 to 90 degrees.
    """
    found = angle_deg(value)
    if not -90 <= found <= 90:
        raise ValueError("is no latitude")
    return found


def longitude_deg(value: CardValue) -> float:
    """Return a longitude of -180 to 180 degrees, east positive; one of 180 to 360 is folded.

    Raises:
        ValueError: it is no angle of -180 to 360 degrees.
    """
    found = angle_deg(value)
    if not -180 <= found <= 360:
        raise ValueError("is no longitude")
    return found - 360 if found > 180 else found


def moment(value: CardValue) -> datetime:
    """Return a moment as written: without zone where none is written, else in UTC; to the microsecond.

    Raises:
        ValueError: it has no time of day, or is none.
    """
    written = str(value).strip().strip("'").strip()
    match = _MOMENT.fullmatch(written)
    if match is None:
        raise ValueError("has no time of day" if _DAY.fullmatch(written) else "is no time like 2026-01-15T21:00:00")
    micros = int(((match["fraction"] or ".")[1:] + "000000")[:6])
    found = datetime.fromisoformat(f"{match['day']}T{match['time']:0>8}").replace(microsecond=micros)
    zone = match["zone"]
    if zone is None:
        return found
    zoned = datetime.fromisoformat(f"{found.isoformat()}{'+00:00' if zone == 'Z' else zone}")
    return zoned.astimezone(UTC)


def julian(value: CardValue) -> datetime:
    """Return the moment in UTC of a modified Julian date.

    Raises:
        ValueError: it is no number, or lies outside of what calendars hold.
    """
    try:
        return _MJD_EPOCH + timedelta(days=number(value))
    except OverflowError as error:
        raise ValueError("is no modified Julian date") from error


def binning(value: CardValue) -> float:
    """Return a binning from a number or from a text like ``2x2``.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str):
        value = value.lower().partition("x")[0]
    return number(value)
