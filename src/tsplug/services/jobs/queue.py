"""The queue as a worker sees it: changes of jobs inside a unit, each by an event of `tsplug.model.job_flow`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tsplug.model import Job, JobState, JobStep, ModuleState
from tsplug.model.job_flow import Claimed, Expired, JobEvent
from tsplug.ports import JobQuery, Unit
from tsplug.services.jobs.running_job import step_at_end, was_stopped

_PART = 500


@dataclass(frozen=True)
class Lessee:
    """Who takes jobs, for how long at a time, and which: any where ``only`` is None."""

    owner: str
    lease: timedelta
    only: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Claim:
    """A job that was taken, and its modules that were stopped in earlier attempts because they took too long."""

    job: Job
    stopped: tuple[JobStep, ...] = ()


def change(unit: Unit, job_id: int, *, event: JobEvent) -> Job | None:
    """Let an event happen to a job; return the job as it is then, None where the event did not fit it."""
    job = unit.find(Job, id=job_id)
    changed = None if job is None else event.change(job)
    if changed is not None and changed != job:
        unit.update(changed)
    return changed


def claim(unit: Unit, lessee: Lessee, *, at: datetime, limit: int) -> list[Claim]:
    """Take the most urgent jobs whose time has come, no two on one file; steps of earlier attempts go."""
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
    return _begun(unit, claimed)


def _begun(unit: Unit, claimed: Sequence[Job]) -> list[Claim]:
    stopped: dict[int, list[JobStep]] = {}
    again = [job.id for job in claimed if job.attempts > 1]
    for step in unit.list(JobStep, job_id=again, state=ModuleState.FAILED) if again else ():
        if was_stopped(step):
            stopped.setdefault(step.job_id, []).append(step)
    if claimed:
        # Also those of a first attempt: a worker that was asked to stop leaves steps and costs no attempt.
        unit.delete_all(JobStep, job_id=[job.id for job in claimed])
    return [Claim(job, tuple(stopped.get(job.id or 0, ()))) for job in claimed]


def renew(unit: Unit, lessee: Lessee, *, ids: Sequence[int], at: datetime) -> frozenset[int]:
    """Let somebody keep those of some jobs that are still theirs for longer, and return the ids of all that are."""
    until = at + lessee.lease
    for start in range(0, len(ids), _PART):
        part = list(ids[start : start + _PART])
        unit.set_all(Job, {"leased_until": until}, id=part, owner=lessee.owner, state=JobState.RUNNING)
    return frozenset(own_jobs(unit, lessee))


def take_back(unit: Unit, at: datetime) -> list[Job]:
    """Take running jobs from workers that were silent until their leases ended; return the jobs as they are now."""
    changed = [change(unit, job.id or 0, event=Expired(at)) for job in unit.jobs(JobQuery(expired_at=at))]
    taken = [job for job in changed if job is not None]
    for job in taken:
        for step in unit.list(JobStep, job_id=job.id, state=[ModuleState.PENDING, ModuleState.RUNNING]):
            unit.update(step_at_end(step, job))
    return taken


def is_work_waiting(unit: Unit, lessee: Lessee, *, at: datetime, others: bool) -> bool:
    """Return whether there is a job to take, or, if those of others count, one to take back."""
    due = unit.jobs(JobQuery(due_at=at, ids=lessee.only, limit=1))
    return bool(due or (others and unit.jobs(JobQuery(expired_at=at, limit=1))))


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
