"""What may become of a job: its states, and the events that lead from one to another, as functions of plain values.

::

    pending --Claimed--> running --Finished--> completed | failed
       |  ^                 |--Released, Lost, Expired--> pending again (failed after too many attempts)
       |  |                 |--Away--> pending again (failed after too long)
       |  |                 `--Stopped--> cancelled
       |  `--Retried-- failed, cancelled, completed
       `--CancelWanted--> cancelled      (a running job is asked to stop)

An event that does not fit what a job is now changes nothing: whoever lost a job to another can do no harm to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from tsplug.model.enums import JobState
from tsplug.model.jobs import REPROCESS_PRIORITY, Job

MAX_ATTEMPTS = 5
"""How often a job is begun before it has failed: what kills its worker every time must not do so for ever."""

FIRST_BACKOFF_S = 5.0
"""How long a job waits after its first failed attempt, in seconds; twice as long after each more."""

LONGEST_BACKOFF_S = 600.0
"""How long a job waits at most before another attempt, in seconds."""

LONGEST_AWAY_WAIT_S = 300.0
"""How long a job waits at most before it is looked again whether its frame can be reached, in seconds."""

ENDED = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
"""The states in which nothing more happens by itself."""

_FREE: dict[str, Any] = {"owner": "", "leased_until": None, "cancel_wanted": False}
_BACKOFF_GROWTH = 2
_HOUR_S = 3600.0
_AWAY_SHARE = 0.5
# Of what was waited: a disk that was away for a minute is looked for more often than one that was for a night.


class JobEvent(Protocol):
    """Something that happens to a job."""

    def change(self, job: Job) -> Job | None:
        """Return the job as it is after the event; None where the event does not fit what the job is."""
        ...


@dataclass(frozen=True)
class Claimed:
    """A worker takes a job, for a time."""

    owner: str
    at: datetime
    lease: timedelta

    def change(self, job: Job) -> Job | None:
        """Run a job that waits and whose time has come."""
        longest = timedelta(seconds=LONGEST_BACKOFF_S)
        # A longer wait is none of ours: the clock was set back meanwhile.
        early = job.not_before is not None and self.at < job.not_before <= self.at + longest
        if job.state is not JobState.PENDING or early:
            return None
        return _with(
            job,
            state=JobState.RUNNING,
            owner=self.owner,
            leased_until=self.at + self.lease,
            attempts=job.attempts + 1,
            not_before=None,
            started_at=self.at,
            finished_at=None,
            message="",
        )


@dataclass(frozen=True)
class Finished:
    """A worker has done what there was to do; ``failures`` tells a line of every module that failed."""

    owner: str
    at: datetime
    failures: Sequence[str] = ()

    def change(self, job: Job) -> Job | None:
        """End a job."""
        if not _runs(job, self.owner):
            return None
        state = JobState.FAILED if self.failures else JobState.COMPLETED
        return _with(job, state=state, message="; ".join(self.failures), finished_at=self.at, **_FREE)


@dataclass(frozen=True)
class Lost:
    """An attempt came to nothing for a reason that may pass: a process was killed, the store was away."""

    owner: str
    at: datetime
    why: str

    def change(self, job: Job) -> Job | None:
        """Let a job wait for another attempt; what should be cancelled is, and after too many it has failed."""
        if not _runs(job, self.owner):
            return None
        return _given_back(job, at=self.at, wait_s=backoff_s(job.attempts), why=self.why)


@dataclass(frozen=True)
class Away:
    """The disk or the storage of a job's frame does not answer: nobody can tell what an attempt would come to."""

    owner: str
    at: datetime
    why: str
    most_s: float

    def change(self, job: Job) -> Job | None:
        """Let a job wait, which costs it no attempt; it has failed when it has waited for ``most_s`` seconds in all."""
        if not _runs(job, self.owner):
            return None
        if job.cancel_wanted:
            return _cancelled(job, self.at)
        if job.away_s >= self.most_s:
            message = f"given up after {job.away_s / _HOUR_S:.1f} h: {self.why}"
            return _with(job, state=JobState.FAILED, message=message, finished_at=self.at, **_FREE)
        wait_s = away_wait_s(job.away_s)
        return _with(
            job,
            state=JobState.PENDING,
            attempts=job.attempts - 1,
            # What is planned is counted: clocks are set, and while no worker runs nobody waits.
            away_s=job.away_s + wait_s,
            not_before=self.at + timedelta(seconds=wait_s),
            message=self.why,
            **_FREE,
        )


@dataclass(frozen=True)
class Expired:
    """Nothing was heard from a job's owner until its lease ended."""

    at: datetime

    def change(self, job: Job) -> Job | None:
        """Take a job away from its owner; the lease was wait enough."""
        if job.state is not JobState.RUNNING or job.leased_until is None or job.leased_until > self.at:
            return None
        return _given_back(job, at=self.at, wait_s=0.0, why=f"nothing was heard from its worker {job.owner}")


@dataclass(frozen=True)
class Released:
    """A worker that is asked to stop gives a job back, which costs the job no attempt."""

    owner: str
    at: datetime

    def change(self, job: Job) -> Job | None:
        """Let the next worker have a job."""
        if not _runs(job, self.owner):
            return None
        if job.cancel_wanted:
            return _cancelled(job, self.at)
        return _with(job, state=JobState.PENDING, attempts=job.attempts - 1, **_FREE)


@dataclass(frozen=True)
class CancelWanted:
    """Somebody who may do so wants a job to stop."""

    at: datetime

    def change(self, job: Job) -> Job | None:
        """Cancel a job that waits, and ask the owner of one that runs."""
        if job.state is JobState.PENDING:
            return _cancelled(job, self.at)
        return _with(job, cancel_wanted=True) if job.state is JobState.RUNNING else None


@dataclass(frozen=True)
class Stopped:
    """A worker has stopped a job because somebody wanted that."""

    owner: str
    at: datetime

    def change(self, job: Job) -> Job | None:
        """Cancel a job."""
        return _cancelled(job, self.at) if _runs(job, self.owner) and job.cancel_wanted else None


@dataclass(frozen=True)
class Retried:
    """Somebody wants a job that has ended to be done once more, before new ones."""

    at: datetime
    priority: int | None = None

    def change(self, job: Job) -> Job | None:
        """Put a job back into the queue, with all its attempts."""
        if job.state not in ENDED:
            return None
        return _with(
            job,
            state=JobState.PENDING,
            priority=max(job.priority, REPROCESS_PRIORITY) if self.priority is None else self.priority,
            attempts=0,
            away_s=0.0,
            not_before=None,
            cancel_wanted=False,
            message="",
            started_at=None,
            finished_at=None,
        )


def backoff_s(attempts: int) -> float:
    """Return how long a job waits after an attempt that came to nothing, in seconds; longer after each."""
    return min(FIRST_BACKOFF_S * float(_BACKOFF_GROWTH) ** max(0, attempts - 1), LONGEST_BACKOFF_S)


def away_wait_s(waited_s: float) -> float:
    """Return how long a job waits for a disk that is away when it has waited so long for it, in seconds."""
    return min(max(waited_s * _AWAY_SHARE, FIRST_BACKOFF_S), LONGEST_AWAY_WAIT_S)


def _runs(job: Job, owner: str) -> bool:
    return job.state is JobState.RUNNING and job.owner == owner


def _given_back(job: Job, *, at: datetime, wait_s: float, why: str) -> Job:
    if job.cancel_wanted:
        return _cancelled(job, at)
    if job.attempts >= MAX_ATTEMPTS:
        message = f"given up after {job.attempts} attempts: {why}"
        return _with(job, state=JobState.FAILED, message=message, finished_at=at, **_FREE)
    later = at + timedelta(seconds=wait_s)
    return _with(job, state=JobState.PENDING, not_before=later, message=why, **_FREE)


def _cancelled(job: Job, at: datetime) -> Job:
    return _with(job, state=JobState.CANCELLED, not_before=None, finished_at=at, **_FREE)


def _with(job: Job, **changes: Any) -> Job:
    return job.model_copy(update=changes)


def may_cancel(job: Job, user: str, *, administrators: Sequence[str] = ()) -> bool:
    """Return whether a user may cancel a job: who wants it may, and administrators; any user where nobody is named."""
    return job.submitted_by in ("", user) or user in administrators
