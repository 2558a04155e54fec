"""Coordinates as people write them: sexagesimal or decimal, hours or degrees, with every usual mark and sign."""

from __future__ import annotations

import re
from itertools import pairwise

HOURS_A_TURN = 24.0
DEGREES_AN_HOUR = 15.0

_MARKS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "º": "d",
        "°": "d",
        "˚": "d",
        "′": "m",
        "’": "m",
        "'": "m",
        "″": "s",
        "”": "s",
        '"': "s",
        "ʰ": "h",
        "ᵐ": "m",
        "ˢ": "s",
    }
)
_NUMBER = r"\d+(?:[.,]\d*)?|[.,]\d+"
_FORM = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<first>{_NUMBER})\s*(?P<unit>hours?|hrs?|h|degrees?|degs?|d)?\s*:?\s*"
    rf"(?:(?P<minutes>{_NUMBER})\s*(?:minutes?|mins?|m)?\s*:?\s*"
    rf"(?:(?P<seconds>{_NUMBER})\s*(?:seconds?|secs?|ss|s|mm)?)?)?"
)


def parse_ra_hours(text: str, *, plain_degrees: bool = False) -> float:
    """Return a right ascension in hours, 0 to below 24.

    ``5h35m17.3s``, ``05:35:17.3``, ``5 35 17.3``, ``5.588`` and ``83.82d`` are the same. A number without a mark is
    hours, or degrees where ``plain_degrees`` says so.

    Raises:
        ValueError: it is no right ascension; the text says what is accepted.
    """
    value, unit = _parsed(text, "a right ascension like 5h35m17s, 05:35:17 or 5.588 (hours)")
    hours = value / DEGREES_AN_HOUR if unit == "d" or (plain_degrees and not unit) else value
    if not 0 <= hours < HOURS_A_TURN:
        raise ValueError(f"must lie within 0 to below 24 hours, not {text.strip()}")
    return hours


def parse_dec_deg(text: str) -> float:
    """Return a declination in degrees, -90 to 90.

    ``-5d23m28s``, ``-05:23:28``, ``-5 23 28``, ``-5° 23' 28"`` and ``-5.391`` are the same; the sign counts for the
    whole, so ``-0d30m`` is -0.5.

    Raises:
        ValueError: it is no declination; the text says what is accepted.
    """
    value, unit = _parsed(text, "a declination like -5d23m28s, -05:23:28 or -5.391 (degrees)")
    if unit == "h":
        raise ValueError(f"is in degrees, not in hours: {text.strip()}")
    if not -90 <= value <= 90:
        raise ValueError(f"must lie within -90 to 90 degrees, not {text.strip()}")
    return value


def shown_ra(ra_hours: float) -> str:
    """Return a right ascension as `parse_ra_hours` reads it, to a tenth of a second: ``05h35m17.3s``."""
    tenths = round(ra_hours * 36_000) % 864_000
    return f"{tenths // 36_000:02}h{tenths // 600 % 60:02}m{tenths % 600 / 10:04.1f}s"


def shown_dec(dec_deg: float) -> str:
    """Return a declination as `parse_dec_deg` reads it, to a second: ``-05d23m28s``."""
    seconds = round(abs(dec_deg) * 3600)
    return f"{'-' if dec_deg < 0 else '+'}{seconds // 3600:02}d{seconds // 60 % 60:02}m{seconds % 60:02}s"


def _parsed(text: str, wanted: str) -> tuple[float, str]:
    """Return a number of hours or degrees, and "h", "d" or nothing for its mark.

    Raises:
        ValueError: the text has another form, or minutes or seconds of 60 or more.
    """
    match = _FORM.fullmatch(text.strip().lower().translate(_MARKS))
    if match is None:
        raise ValueError(f"{text.strip()!r} is not {wanted}")
    parts = [_number(match[name]) for name in ("first", "minutes", "seconds")]
    if any(part is not None and part >= 60 for part in parts[1:]):
        raise ValueError(f"{text.strip()!r}: minutes and seconds must be below 60")
    if any(whole is not None and part is not None and whole % 1 for whole, part in pairwise(parts)):
        raise ValueError(f"{text.strip()!r}: only the last number may have decimals")
    whole, minutes, seconds = (part or 0.0 for part in parts)
    value = whole + minutes / 60 + seconds / 3600
    return -value if match["sign"] == "-" else value, (match["unit"] or "")[:1]


def _number(text: str | None) -> float | None:
    return None if text is None else float(text.replace(",", "."))
