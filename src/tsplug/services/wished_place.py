"""Where a header says that a frame looks, and where it was to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tsplug.model.coordinates import parse_dec_deg, parse_ra_hours

Place = tuple[float, float]


def places_in_header(header: Mapping[str, Any]) -> tuple[Place | None, Place | None]:
    """Return where the mount was (RA, DEC), and the place of the object (OBJCTRA, OBJCTDEC); degrees, None unknown."""
    mount = _degrees(header.get("RA")), _degrees(header.get("DEC"))
    planned = _of_object(header.get("OBJCTRA"), header.get("OBJCTDEC"))
    return _place(*mount), planned


def _of_object(ra: object, dec: object) -> Place | None:
    if not isinstance(ra, str) or not isinstance(dec, str):
        return None
    try:
        return _place(parse_ra_hours(ra) * 15.0, parse_dec_deg(dec))
    except ValueError:
        return None


def _degrees(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _place(ra_deg: float | None, dec_deg: float | None) -> Place | None:
    if ra_deg is None or dec_deg is None or not (0.0 <= ra_deg <= 360.0 and -90.0 <= dec_deg <= 90.0):
        return None
    return ra_deg, dec_deg
