"""Rows of older databases as version 23 would have them (spec/target-scheduler-domain 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tsplug.nina.database.codecs import decode_real
from tsplug.nina.database.fields import Row
from tsplug.nina.database.schema import OVERRIDES_CLEARED, ROTATION_TURNED, VERSION_5

_TURN_DEG = 360.0
_DITHER = "Dither"


def upgraded(table: str, row: Row, *, version: int) -> Row:
    """Return a row as the upgrades of Target Scheduler leave it; columns that came later stay missing."""
    if table == "target" and version < ROTATION_TURNED:
        return _turned(row)
    if table == "acquiredimage" and version < VERSION_5:
        # Nothing becomes pending: what was not accepted was rejected.
        return {**row, "gradingstatus": 1 if row.get("accepted") == 1 else 2}
    return row


def override_items(row: Row, plan_ids: list[int], *, version: int) -> list[Mapping[str, Any]]:
    """Return the items of a target's override order of before version 17, a text such as ``11|11|Dither|12``.

    Texts of before version 9 came from a fault and are dropped, as Target Scheduler drops them.

    Args:
        row: the target.
        plan_ids: the ids of its plans in rising order.
        version: of the database.
    """
    text = row.get("overrideexposureorder")
    if not text or not OVERRIDES_CLEARED <= version < VERSION_5:
        return []
    places = {str(key): place for place, key in enumerate(plan_ids)}
    return [
        {"order": number, "action": int(word == _DITHER), "referenceidx": places.get(word, -1)}
        for number, word in enumerate(str(text).split("|"), start=1)
    ]


def _turned(row: Row) -> Row:
    try:
        rotation = decode_real(row.get("rotation"))
    except ValueError:
        return row
    return {**row, "rotation": (_TURN_DEG - rotation) % _TURN_DEG if rotation else rotation}
