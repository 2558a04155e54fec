"""Sums over images that the database makes itself, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from tsplug.model import AcquiredImage, GradingStatus
from tsplug.ports import ExposureTally
from tsplug.store.tables import TABLES

_BY = ("target_id", "filter_name", "session_date", "status", "exposure_s")


def exposure_tallies(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Sequence[ExposureTally]:
    """Return how many exposures of each kind fulfil the conditions, by the start of each kind's first."""
    images = TABLES[AcquiredImage]
    columns = [images.c[name] for name in _BY]
    first = func.min(images.c.started, type_=images.c.started.type)
    query: Select[Any] = select(*columns, func.count(), first).where(*where).group_by(*columns).order_by(first)
    return [
        ExposureTally(
            target_id=target_id,
            filter_name=filter_name,
            night=night,
            status=GradingStatus(status),
            exposure_s=exposure_s,
            count=int(count),
            first=started,
        )
        for target_id, filter_name, night, status, exposure_s, count, started in connection.execute(query).all()
    ]
