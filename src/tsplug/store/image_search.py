"""How images are searched: one index leads to them, so that the cost follows what is found and not what is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, StatusChange
from tsplug.ports import ImageQuery
from tsplug.store.tables import TABLES

LEADS: tuple[tuple[str, ...], ...] = (
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

_EQUALS = (
    *("profile_id", "project_id", "target_id", "plan_id"),
    *("project_name", "target_name", "filter_name", "status"),
)


def image_statement(query: ImageQuery, *, by_rule: bool) -> Select[Any]:
    """Return the statement for the images that a query describes, in its order.

    Args:
        query: which images.
        by_rule: let `LEADS` choose the index and not the database. SQLite keeps no statistics of its own accord, and
            would as soon walk through all accepted images as through the few of a target.
    """
    table = TABLES[AcquiredImage]
    return (
        select(table).where(*image_conditions(query, by_rule=by_rule)).order_by(*_order(query, by_rule=by_rule))
    ).limit(query.limit)


def image_conditions(query: ImageQuery, *, by_rule: bool) -> list[ColumnElement[bool]]:
    """Return the conditions that the images of a query fulfil; ``by_rule`` as in `image_statement`."""
    table = TABLES[AcquiredImage]
    given = {name: value for name in _EQUALS if (value := getattr(query, name)) is not None}
    by_change = query.changed_since is not None
    leads = next((lead for lead in LEADS if given.keys() >= set(lead)), ()) if by_rule else tuple(given)
    leading = () if by_rule and by_change else leads
    conditions = [
        (table.c[name] if name in leading else _not_by_index(table.c[name])) == value for name, value in given.items()
    ]
    if query.unmeasured:
        conditions.append(table.c.detector.is_(None))
    if query.without_plan:
        plans = TABLES[ExposurePlan]
        # Of no plan at all there is none either.
        conditions.append(~exists().where(plans.c.id == _not_by_index(table.c.plan_id)))
    conditions += _alike(query)
    if by_change:
        # The audit trail leads: what changed lately is little beside what is stored.
        changes = TABLES[StatusChange]
        conditions.append(table.c.id.in_(select(changes.c.image_id).where(changes.c.at >= query.changed_since)))
    return conditions + _within(query, _not_by_index(table.c.started) if by_rule and by_change else table.c.started)


def _alike(query: ImageQuery) -> list[ColumnElement[bool]]:
    """Return the conditions on who measured an image, how it was taken, and what came of it."""
    table = TABLES[AcquiredImage]
    conditions: list[ColumnElement[bool]] = []
    if query.measured_by is not None:
        conditions.append(table.c.detector.endswith(query.measured_by, autoescape=True))
    if query.setting is not None:
        told = query.setting.model_dump()
        conditions += [table.c[name].is_not_distinct_from(value) for name, value in told.items()]
    if query.unrejected:
        conditions.append(table.c.status != GradingStatus.REJECTED)
    if query.at_least is not None:
        metric, value = query.at_least
        conditions.append(table.c.metrics[metric].as_float() >= value)
    return conditions


def _within(query: ImageQuery, started: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Return the conditions on the start of exposure."""
    conditions = []
    if query.started_from is not None:
        conditions.append(started >= query.started_from)
    if query.started_before is not None:
        conditions.append(started < query.started_before)
    if query.after is not None:
        conditions += _beyond(query, query.after, started=started)
    return conditions


def _beyond(
    query: ImageQuery, after: tuple[datetime, int], *, started: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Return the conditions that images come behind one, in the order of a query."""
    (moment, key), place = after, TABLES[AcquiredImage].c.id
    earlier, further = (started < moment, place < key) if query.newest_first else (started > moment, place > key)
    beyond = or_(earlier, and_(started == moment, further))
    if not query.sort:
        # The other condition alone would do, but only this one leads by index to where the page begins.
        return [started <= moment if query.newest_first else started >= moment, beyond]
    value = _sorted_by(query)
    last = select(value).where(place == key).scalar_subquery()
    past = value < last if query.newest_first else value > last
    # Images without a value come last, and of those it is their start and id alone that tell.
    return [or_(past, and_(value == last, beyond), and_(value.is_(None), or_(last.is_not(None), beyond)))]


def _order(query: ImageQuery, *, by_rule: bool) -> list[ColumnElement[Any]]:
    table = TABLES[AcquiredImage]
    started = _not_by_index(table.c.started) if by_rule and query.changed_since else table.c.started
    columns: list[ColumnElement[Any]] = [started, table.c.id]
    ordered: list[ColumnElement[Any]] = [column.desc() if query.newest_first else column.asc() for column in columns]
    if not query.sort:
        return ordered
    key = _sorted_by(query)
    first = key.desc() if query.newest_first else key.asc()
    return [first.nulls_last(), *ordered]


def _sorted_by(query: ImageQuery) -> ColumnElement[Any]:
    table = TABLES[AcquiredImage]
    return table.c[query.sort] if query.sort in table.c else table.c.metrics[query.sort].as_float()


def _not_by_index(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as SQLite compares it without looking for an index: with a plus before it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
