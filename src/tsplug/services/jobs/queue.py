"""The queue as a worker sees it: changes of jobs inside a unit, each by an event of `tsplug.model.job_flow`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tsplug.model import Job, JobState, JobStep, ModuleState
from tsplug.model.job_flow import Claimed, Expired, JobEvent
from tsplug.ports import JobQuery, Unit


@dataclass(frozen=True)
class Lessee:
    """Who takes jobs, for how long at a time, and which: any where ``only`` is None."""

    owner: str
    lease: timedelta
    only: tuple[int, ...] | None = None


def change(unit: Unit, job_id: int, *, event: JobEvent) -> Job | None:
    """Let an event happen to a job; return the job as it is then, None where the event did not fit it."""
    job = unit.find(Job, id=job_id)
    changed = None if job is None else event.change(job)
    if changed is not None and changed != job:
        unit.update(changed)
    return changed


def claim(unit: Unit, lessee: Lessee, *, at: datetime, limit: int) -> list[Job]:
    """Take the most urgent jobs whose time has come, no two on one file; what is left of earlier attempts goes."""
    claimed: list[Job] = []
    while len(claimed) < limit:
        first: dict[str, Job] = {}
        for due in unit.jobs(JobQuery(due_at=at, ids=lessee.only, limit=limit - len(claimed))):
            first.setdefault(due.file, due)
        event = Claimed(lessee.owner, at, lessee.lease)
        taken = [job for due in first.values() if (job := event.change(due)) is not None]
        if not taken:
            break
        for job in taken:
            unit.update(job)
        claimed += taken
    if claimed:
        unit.delete_all(JobStep, job_id=[job.id for job in claimed])
    return claimed


def renew(unit: Unit, lessee: Lessee, *, at: datetime) -> frozenset[int]:
    """Let somebody keep the jobs that are still theirs for longer, and return their ids."""
    unit.set_all(Job, {"leased_until": at + lessee.lease}, owner=lessee.owner, state=JobState.RUNNING)
    return frozenset(own_jobs(unit, lessee))


def take_back(unit: Unit, at: datetime) -> list[Job]:
    """Take running jobs from workers that were silent until their leases ended; return the jobs as they are now."""
    taken = [change(unit, job.id or 0, event=Expired(at)) for job in unit.jobs(JobQuery(expired_at=at))]
    return [job for job in taken if job is not None]


def is_work_waiting(unit: Unit, lessee: Lessee, *, at: datetime) -> bool:
    """Return whether there is a job to take, or one to take back."""
    return bool(unit.jobs(JobQuery(due_at=at, ids=lessee.only, limit=1)) or unit.jobs(JobQuery(expired_at=at, limit=1)))


def own_jobs(unit: Unit, lessee: Lessee) -> dict[int, Job]:
    """Return the jobs that somebody runs, by id."""
    return {job.id or 0: job for job in unit.jobs(JobQuery(states=(JobState.RUNNING,), owner=lessee.owner))}


def write_steps(unit: Unit, job_id: int, *, steps: Iterable[JobStep], again: bool) -> None:
    """Store how far the modules of a job are; ``again`` in place of what was stored of them since it was claimed."""
    if again:
        unit.delete_all(JobStep, job_id=job_id)
    unit.add_many([step.model_copy(update={"id": None, "job_id": job_id}) for step in steps])


def failures(steps: Sequence[JobStep]) -> tuple[str, ...]:
    """Return a line of every problem, with the modules that failed of it."""
    modules: dict[str, list[str]] = {}
    for step in steps:
        if step.state is ModuleState.FAILED:
            modules.setdefault(step.message, []).append(step.module)
    return tuple(f"{', '.join(names)}: {message}" for message, names in modules.items())
