"""What may become of a job, whatever happens to it in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.model import Job, JobState
from tsplug.model.job_flow import (
    ENDED,
    LONGEST_AWAY_WAIT_S,
    LONGEST_BACKOFF_S,
    MAX_ATTEMPTS,
    Away,
    CancelWanted,
    Claimed,
    Expired,
    Finished,
    JobEvent,
    Lost,
    Released,
    Retried,
    Stopped,
    backoff_s,
    may_cancel,
)

START = datetime(2026, 1, 15, 20, tzinfo=UTC)
LEASE = timedelta(seconds=60)
OWNERS = st.sampled_from(["ann", "ben"])
MOMENTS = st.integers(0, 2000).map(lambda seconds: START + timedelta(seconds=seconds))
EVENTS: st.SearchStrategy[JobEvent] = st.one_of(
    st.builds(Claimed, OWNERS, MOMENTS, st.just(LEASE)),
    st.builds(Finished, OWNERS, MOMENTS, st.sampled_from([(), ("solve: no stars",)])),
    st.builds(Lost, OWNERS, MOMENTS, st.just("killed")),
    st.builds(Away, OWNERS, MOMENTS, st.just("no answer"), st.just(60.0)),
    st.builds(Expired, MOMENTS),
    st.builds(Released, OWNERS, MOMENTS),
    st.builds(CancelWanted, MOMENTS),
    st.builds(Stopped, OWNERS, MOMENTS),
    st.builds(Retried, MOMENTS),
)


def new_job() -> Job:
    """Return a job that waits."""
    return Job(id=1, file="/frames/a.fits", created_at=START)


def running(**fields: object) -> Job:
    """Return a job that ann runs."""
    job = Claimed("ann", START, LEASE).change(new_job())
    assert job is not None
    return job.model_copy(update=fields)


@given(st.lists(EVENTS, max_size=40))
def test_a_job_is_always_sound(events: list[JobEvent]) -> None:
    """A job has an owner and a lease exactly while it runs, and an end exactly when it has ended; attempts are few."""
    job = new_job()
    for event in events:
        job = event.change(job) or job
        runs = job.state is JobState.RUNNING
        assert (bool(job.owner), job.leased_until is not None) == (runs, runs)
        assert (job.finished_at is not None) == (job.state in ENDED)
        assert 0 <= job.attempts <= MAX_ATTEMPTS
        assert not job.cancel_wanted or runs
        assert job == Job.model_validate(job.model_dump())


def test_a_job_that_ends_before_it_is_stopped_is_wanted_cancelled_no_longer() -> None:
    """A wish to cancel that comes too late is gone with the end of the job, so that a retry is not cancelled by it."""
    asked = CancelWanted(START).change(running())
    assert asked is not None
    ended = Finished("ann", START).change(asked)
    assert ended is not None
    assert (ended.state, ended.cancel_wanted) == (JobState.COMPLETED, False)


@given(st.lists(EVENTS, max_size=30), EVENTS)
def test_who_does_not_own_a_job_cannot_change_it(events: list[JobEvent], event: JobEvent) -> None:
    """Only its owner ends, loses or stops a job; and what has ended stays so until somebody wants it again."""
    job = new_job()
    for each in events:
        job = each.change(job) or job
    after = event.change(job)
    owner = getattr(event, "owner", None)
    if (
        owner is not None
        and not isinstance(event, Claimed)
        and (job.state is not JobState.RUNNING or job.owner != owner)
    ):
        assert after is None
    if job.state in ENDED and not isinstance(event, Retried):
        assert after is None


@given(st.lists(EVENTS, max_size=30))
def test_a_wish_to_cancel_comes_true(events: list[JobEvent]) -> None:
    """A running job that is to be cancelled never waits again: it is finished by then, or it is cancelled."""
    job = running(cancel_wanted=True)
    for event in events:
        before, job = job, event.change(job) or job
        if before.state is JobState.RUNNING and before.cancel_wanted:
            assert job.state is not JobState.PENDING


def test_a_job_that_is_never_lost_completes() -> None:
    """A job that is claimed and finished is completed, or failed with a line of each module that failed."""
    assert Finished("ann", START).change(running()).state is JobState.COMPLETED  # type: ignore[union-attr]
    failed = Finished("ann", START, ("preview: x", "solve: y")).change(running())
    assert failed is not None
    assert (failed.state, failed.message) == (JobState.FAILED, "preview: x; solve: y")


def test_attempts_end() -> None:
    """A job whose worker dies each time waits longer after each attempt, and has failed after the last."""
    job, now, waits = new_job(), START, []
    while job.state is JobState.PENDING:
        now = job.not_before or now
        job = Lost("ann", now, "killed").change(Claimed("ann", now, LEASE).change(job) or job) or job
        waits.append(0 if job.not_before is None else (job.not_before - now).total_seconds())
    assert waits == [5, 10, 20, 40, 0]
    assert (job.state, job.message) == (JobState.FAILED, "given up after 5 attempts: killed")
    assert backoff_s(100) == LONGEST_BACKOFF_S


def test_a_job_is_not_begun_before_its_time() -> None:
    """A job that waits after an attempt is not claimed before, and is claimed then."""
    waiting = Lost("ann", START, "killed").change(running())
    assert waiting is not None
    assert waiting.not_before is not None
    assert Claimed("ben", waiting.not_before - timedelta(seconds=1), LEASE).change(waiting) is None
    assert Claimed("ben", waiting.not_before, LEASE).change(waiting) is not None


def test_a_released_job_has_lost_no_attempt() -> None:
    """A worker that is asked to stop costs its jobs nothing, and a lease expires at its end."""
    released = Released("ann", START).change(running())
    assert released is not None
    assert (released.state, released.attempts, released.not_before) == (JobState.PENDING, 0, None)
    assert Expired(START + LEASE - timedelta(seconds=1)).change(running()) is None
    assert Expired(START + LEASE).change(running()) is not None


@pytest.mark.parametrize(
    ("submitted_by", "user", "allowed"),
    [("ann", "ann", True), ("ann", "ben", False), ("ann", "root", True), ("", "ben", True)],
)
def test_owners_and_administrators_cancel(submitted_by: str, user: str, allowed: bool) -> None:
    """Who submitted a job may cancel it, and an administrator; a job of nobody is anybody's."""
    assert (
        may_cancel(new_job().model_copy(update={"submitted_by": submitted_by}), user, administrators=["root"])
        is allowed
    )


def test_who_names_a_priority_gets_it() -> None:
    """A retry goes before new jobs, or where somebody says, be that behind them."""
    failed = Finished("ann", START, ("preview: no room",)).change(running(priority=3))
    assert failed is not None
    again = [Retried(START, priority).change(failed) for priority in (None, -5)]
    assert [job and job.priority for job in again] == [10, -5]


def test_a_disk_that_is_away_costs_time_and_no_attempt() -> None:
    """The job waits longer each time, up to some minutes, and has failed when it has waited for long enough in all."""
    job, waits, at = new_job(), [], START
    while (claimed := Claimed("ann", at, LEASE).change(job)) is not None:
        job = Away("ann", at, "no answer", 3600.0).change(claimed) or claimed
        if job.not_before is None:
            break
        waits.append((job.not_before - at).total_seconds())
        assert (job.state, job.attempts, job.message) == (JobState.PENDING, 0, "no answer")
        at = job.not_before
    assert (job.state, job.message) == (JobState.FAILED, f"given up after {sum(waits) / 3600:.1f} h: no answer")
    assert waits == sorted(waits)
    assert (waits[0], max(waits), 3600 <= sum(waits) < 3600 + LONGEST_AWAY_WAIT_S) == (5.0, LONGEST_AWAY_WAIT_S, True)
    again = Retried(at).change(job)
    assert again is not None
    assert again.away_s == 0.0
