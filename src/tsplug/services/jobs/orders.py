"""What users ask of jobs that are in the queue: to stop, or to be done once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tsplug.errors import InputError, NotFoundError
from tsplug.model import Job, JobState, JobStep
from tsplug.model.job_flow import CancelWanted, Retried, may_cancel
from tsplug.ports import JobQuery, Store, Unit
from tsplug.services.jobs.submitting import newest_jobs

_PART = 500


@dataclass(frozen=True)
class Cancelled:
    """The jobs that were cancelled or asked to stop, and those that had ended already."""

    jobs: tuple[Job, ...]
    ended: tuple[Job, ...]


def cancel_jobs(
    store: Store, ids: Sequence[int], *, user: str, administrators: Sequence[str], at: datetime
) -> Cancelled:
    """Cancel jobs: those that wait at once, those that run as soon as their worker looks; those that ended stay.

    Raises:
        NotFoundError: there is no such job; none is cancelled.
        InputError: one is another user's; none is cancelled.
    """
    with store.write() as unit:
        jobs = _all(unit, ids)
        foreign = [job for job in jobs if not may_cancel(job, user, administrators=administrators)]
        if foreign:
            raise InputError(
                f"job {foreign[0].id} is {foreign[0].submitted_by}'s: only they and administrators may cancel it"
                " (TSPLUG_ADMINISTRATORS names those)"
            )
        changed: list[Job] = []
        ended: list[Job] = []
        for job in jobs:
            after = CancelWanted(at).change(job)
            if after is None:
                ended.append(job)
            else:
                unit.update(after)
                changed.append(after)
    return Cancelled(tuple(changed), tuple(ended))


def waiting_jobs(store: Store, *, user: str, administrators: Sequence[str]) -> list[int]:
    """Return the ids of the jobs that wait and that a user may cancel, oldest first."""
    with store.read() as unit:
        waiting = unit.jobs(JobQuery(states=(JobState.PENDING,)))
    return sorted(job.id or 0 for job in waiting if may_cancel(job, user, administrators=administrators))


def retry_jobs(store: Store, ids: Sequence[int], *, priority: int | None, at: datetime) -> list[Job]:
    """Put jobs that have ended back into the queue, ahead of new ones unless a priority is named; all or none.

    Raises:
        NotFoundError: there is no such job.
        InputError: one has not ended yet.
    """
    with store.write() as unit:
        event = Retried(at, priority)
        jobs = _change_all(unit, _all(unit, ids), event=event, problem="has not ended yet; it needs no retry")
        for job in jobs:
            unit.delete_all(JobStep, job_id=job.id)
        return jobs


def failed_jobs(store: Store) -> list[int]:
    """Return the ids of the jobs that failed and whose frames no later job is about, oldest first."""
    with store.read() as unit:
        failed = unit.jobs(JobQuery(states=(JobState.FAILED,)))
        newest = newest_jobs(unit, sorted({job.file for job in failed}))
    return sorted(job.id or 0 for job in failed if newest[job.file].id == job.id)


def _all(unit: Unit, ids: Sequence[int]) -> list[Job]:
    # No database takes any number of values at once.
    parts = [tuple(ids[start : start + _PART]) for start in range(0, len(ids), _PART)]
    found = {job.id: job for part in parts for job in unit.jobs(JobQuery(ids=part))}
    missing = [key for key in ids if key not in found]
    if missing:
        raise NotFoundError(f"no job {missing[0]} is in the store; `tsplug jobs list` shows which are")
    return [found[key] for key in ids]


def _change_all(unit: Unit, jobs: Sequence[Job], *, event: Retried, problem: str) -> list[Job]:
    changed = []
    for job in jobs:
        after = event.change(job)
        if after is None:
            raise InputError(f"job {job.id} {problem}: it is {job.state}")
        unit.update(after)
        changed.append(after)
    return changed
