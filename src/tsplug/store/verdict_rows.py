"""Verdicts by the hundred thousand: read and written as the plain rows that they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, select

from tsplug.errors import StoreError
from tsplug.model import AcquiredImage, Band, Verdict, VerdictStatus
from tsplug.model.json_text import JsonText
from tsplug.ports import VerdictRow
from tsplug.store.many_rows import insert_rows, update_rows
from tsplug.store.rows import table_of

_VERDICTS = table_of(Verdict)
_IMAGES = table_of(AcquiredImage)
_TOLD = ("version", "status", "score", "band", "reason", "inputs")
_STATUSES = {status.value: status for status in VerdictStatus}
_BANDS: dict[str | None, Band | None] = {None: None, **{band.value: band for band in Band}}


def read_verdict_rows(connection: Connection, plan_ids: Sequence[int]) -> list[VerdictRow]:
    """Return the verdicts on the images of plans, by id.

    Raises:
        StoreError: one has a status or a band that there is not.
    """
    columns = [_VERDICTS.c[name] for name in ("id", "image_id", "grader", *_TOLD[:-1])]
    query = (
        select(*columns, cast(_VERDICTS.c.inputs, Text))
        .where(_VERDICTS.c.image_id.in_(select(_IMAGES.c.id).where(_IMAGES.c.plan_id.in_(plan_ids))))
        .order_by(_VERDICTS.c.id)
    )
    return [_read(row) for row in connection.execute(query).all()]


def write_verdict_rows(connection: Connection, rows: Sequence[VerdictRow], *, at: datetime) -> None:
    """Insert the rows that have no id, and write the others over what is stored."""
    fresh = [(*_told(row, at), row.image_id, row.grader) for row in rows if row.id is None]
    changed = [(*_told(row, at), row.id) for row in rows if row.id is not None]
    insert_rows(connection, _VERDICTS, names=(*_TOLD, "judged_at", "image_id", "grader"), rows=fresh)
    update_rows(connection, _VERDICTS, names=(*_TOLD, "judged_at"), rows=changed)


def _read(row: Any) -> VerdictRow:
    key, image_id, grader, version, status, score, band, reason, inputs = row
    try:
        return VerdictRow(key, image_id, grader, version, _STATUSES[status], score, _BANDS[band], reason, inputs)
    except KeyError as error:
        raise StoreError(f"the store's Verdict {key} is spoilt: {error} is unknown; see `tsplug doctor`") from error


def _told(row: VerdictRow, at: datetime) -> tuple[object, ...]:
    inputs = row.inputs if isinstance(row.inputs, JsonText) else JsonText(row.inputs)
    return row.version, row.status, row.score, row.band, row.reason, inputs, at
