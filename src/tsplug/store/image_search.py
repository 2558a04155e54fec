"""How images are searched: one index leads to them, so that the cost follows what is found and not what is stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from tsplug.model import AcquiredImage
from tsplug.ports import ImageQuery
from tsplug.store.tables import TABLES

LEADS: tuple[tuple[str, ...], ...] = (
    ("plan_id", "status"),
    ("plan_id",),
    ("target_id",),
    ("project_id",),
    ("profile_id", "status"),
    ("filter_name", "status"),
    ("status",),
    ("profile_id", "filter_name"),
    ("filter_name",),
    ("profile_id",),
)
"""What may lead, narrowest first: each has an index that goes on with the start of exposure."""

_EQUALS = ("profile_id", "project_id", "target_id", "plan_id", "filter_name", "status")


def image_statement(query: ImageQuery, *, by_rule: bool) -> Select[Any]:
    """Return the statement for the images that a query describes.

    Args:
        query: which images.
        by_rule: let `LEADS` choose the index and not the database. SQLite keeps no statistics of its own accord, and
            would as soon walk through all accepted images as through the few of a target.
    """
    table = TABLES[AcquiredImage]
    given = {name: value for name in _EQUALS if (value := getattr(query, name)) is not None}
    leading = next((lead for lead in LEADS if given.keys() >= set(lead)), ()) if by_rule else tuple(given)
    conditions = [
        (table.c[name] if name in leading else _not_by_index(table.c[name])) == value for name, value in given.items()
    ]
    if query.unmeasured:
        conditions.append(table.c.detector.is_(None))
    if query.started_from is not None:
        conditions.append(table.c.started >= query.started_from)
    if query.started_before is not None:
        conditions.append(table.c.started < query.started_before)
    order = (table.c.started, table.c.id)
    ordered = (column.desc() if query.newest_first else column for column in order)
    return select(table).where(*conditions).order_by(*ordered).limit(query.limit)


def _not_by_index(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as SQLite compares it without looking for an index: with a plus before it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
