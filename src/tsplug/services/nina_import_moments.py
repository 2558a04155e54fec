"""When projects were made whose rows do not tell: the same moment at every import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tsplug.nina.database.codecs import decode_moment
from tsplug.nina.database.fields import Row
from tsplug.services.nina_upsert import ImportRun

UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in for a project without images: a moment before any that Target Scheduler recorded."""


def creation_moments(run: ImportRun, rows: Sequence[Row]) -> dict[int, datetime]:
    """Return the moment for every project whose ``createdate`` tells none: when its oldest image began, in seconds."""
    silent = [row["id"] for row in rows if _moment(row.get("createdate")) is None]
    oldest = _oldest_images(run) if silent else {}
    moments = {key: oldest.get(key, UNKNOWN).replace(microsecond=0) for key in silent}
    for key, moment in moments.items():
        why = f"it tells no moment; {moment:%Y-%m-%d %H:%M:%S} UTC stands in"
        run.ledger.complaint("project", key)("createdate", why)
    return moments


def _oldest_images(run: ImportRun) -> dict[Any, datetime]:
    oldest: dict[Any, datetime] = {}
    for row in run.source.rows("acquiredimage"):
        moment = _moment(row.get("acquireddate"))
        if moment is not None:
            oldest[row["projectid"]] = min(moment, oldest.get(row["projectid"], moment))
    return oldest


def _moment(value: Any) -> datetime | None:
    try:
        return decode_moment(value)
    except ValueError:
        return None
