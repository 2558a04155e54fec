"""How jobs are searched: those that may begin by state and priority, others by state, file or number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from tsplug.model import Job, JobState
from tsplug.model.job_flow import LONGEST_BACKOFF_S
from tsplug.ports.jobs import JobQuery
from tsplug.store.tables import TABLES

_JOBS = TABLES[Job]
_LARGEST = 2**63 - 1


def job_statement(query: JobQuery) -> Select[Any]:
    """Return the statement for the jobs that a query describes, in its order."""
    conditions = _conditions(query)
    if query.due_at is None:
        return select(_JOBS).where(*conditions).order_by(_JOBS.c.id.desc()).limit(query.limit)
    due = [*conditions, *_due(query.due_at)]
    # The highest priority first and then its jobs by id: both read the index on state, priority and id in its order,
    # where sorting by both would read everything that waits.
    highest = select(func.max(_JOBS.c.priority)).where(*due).scalar_subquery()
    return select(_JOBS).where(*due, _JOBS.c.priority == highest).order_by(_JOBS.c.id).limit(query.limit)


def _conditions(query: JobQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    # Larger numbers are those of no job, and no database takes them.
    ids = None if query.ids is None else tuple(key for key in query.ids if key <= _LARGEST)
    for column, values in ((_JOBS.c.id, ids), (_JOBS.c.state, query.states), (_JOBS.c.file, query.files)):
        if values is not None:
            conditions.append(column.in_(values))
    if query.owner is not None:
        conditions.append(_JOBS.c.owner == query.owner)
    if query.before_id is not None:
        conditions.append(_JOBS.c.id < query.before_id)
    if query.expired_at is not None:
        conditions.append(and_(_JOBS.c.state == JobState.RUNNING, _JOBS.c.leased_until <= query.expired_at))
    return conditions


def _due(moment: datetime) -> list[ColumnElement[bool]]:
    other = _JOBS.alias("other")
    at_work = select(other.c.id).where(other.c.file == _JOBS.c.file, other.c.state == JobState.RUNNING).exists()
    # As `tsplug.model.job_flow.Claimed` sees it.
    latest = moment + timedelta(seconds=LONGEST_BACKOFF_S)
    early = and_(_JOBS.c.not_before.is_not(None), _JOBS.c.not_before > moment, _JOBS.c.not_before <= latest)
    return [_JOBS.c.state == JobState.PENDING, ~early, ~at_work]
