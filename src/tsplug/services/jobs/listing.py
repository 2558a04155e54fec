"""Jobs as JSON-ready rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tsplug.errors import NotFoundError
from tsplug.model import Job, JobState, JobStep
from tsplug.ports import JobQuery, Store, Unit
from tsplug.services.jobs.submitting import OPEN

Row = dict[str, Any]

_PART = 500
_SHOWN = (
    "id",
    "guid",
    "file",
    "state",
    "priority",
    "message",
    "attempts",
    "away_s",
    "submitted_by",
    "owner",
    "switched",
)

TIMES = ("created_at", "not_before", "started_at", "finished_at", "leased_until")
"""What of a row is a moment."""


def list_jobs(store: Store, query: JobQuery) -> list[Row]:
    """Return jobs with their modules, in the query's order; times are ISO 8601 with offset, durations seconds."""
    with store.read() as unit:
        return job_rows(unit, unit.jobs(query))


def list_some(store: Store, ids: Sequence[int]) -> list[Row]:
    """Return some jobs with their modules, the oldest first; those that are not there are left out."""
    # No database takes any number of values at once.
    parts = [tuple(ids[start : start + _PART]) for start in range(0, len(ids), _PART)]
    with store.read() as unit:
        return job_rows(unit, sorted((job for part in parts for job in unit.jobs(JobQuery(ids=part))), key=_by_id))


def _by_id(job: Job) -> int:
    return job.id or 0


def job_details(store: Store, job_id: int) -> Row:
    """Return one job with its modules.

    Raises:
        NotFoundError: there is none.
    """
    with store.read() as unit:
        found = job_rows(unit, unit.jobs(JobQuery(ids=(job_id,))))
    if not found:
        raise NotFoundError(f"no job {job_id} is in the store; `tsplug jobs list` shows which are")
    return found[0]


def count_jobs(store: Store) -> dict[str, int]:
    """Return how many jobs there are of each state."""
    with store.read() as unit:
        return {state.value: unit.count(Job, state=state) for state in JobState}


def count_open(store: Store, ids: Sequence[int]) -> int:
    """Return how many of some jobs have not ended yet."""
    parts = [list(ids[start : start + _PART]) for start in range(0, len(ids), _PART)]
    with store.read() as unit:
        return sum(unit.count(Job, id=part, state=list(OPEN)) for part in parts)


def job_rows(unit: Unit, jobs: Sequence[Job]) -> list[Row]:
    """Return stored jobs as rows."""
    steps: dict[int, list[Row]] = {}
    for start in range(0, len(jobs), _PART):
        for step in unit.list(JobStep, job_id=[job.id for job in jobs[start : start + _PART]]):
            shown = step.model_dump(mode="json", include={"module", "state", "duration_s", "message"})
            steps.setdefault(step.job_id, []).append(shown)
    return [_row(job) | {"modules": steps.get(job.id or 0, [])} for job in jobs]


def _row(job: Job) -> Row:
    times = {name: None if (at := getattr(job, name)) is None else at.isoformat() for name in TIMES}
    return {
        **job.model_dump(mode="json", include=set(_SHOWN)),
        "image": job.image_id,
        "cancel_wanted": job.cancel_wanted,
        **times,
    }
