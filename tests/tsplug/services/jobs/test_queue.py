"""A worker and its queue agree on who has which job, whatever was not answered in between."""

from __future__ import annotations

import pytest
from queue_bench import LEASE, AwayStore, Bench

from tsplug.errors import StoreUnavailableError
from tsplug.model import Job, JobState

pytestmark = pytest.mark.both_databases


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_worker_that_comes_back_begins_its_job_anew(bench: Bench) -> None:
    """A job that another had meanwhile and lost is not run twice beside itself by the worker that takes it again."""
    bench.add("/a", "/b")
    worker, runner = bench.worker()
    worker.step()
    with bench.store.write() as unit:
        unit.set_all(Job, {"state": JobState.PENDING, "owner": "", "leased_until": None}, id=1)
    runner.end(2)
    worker.step()
    assert ([task.job_id for task in runner.started], runner.stopped) == ([1, 2, 1], [1])
    assert (bench.states(), bench.rows()[0]["attempts"]) == (["running", "completed"], 2)


def test_a_claim_that_was_never_answered_is_begun(bench: Bench) -> None:
    """Jobs that the store says a worker has, and that it knows nothing of, cost no attempt and are begun by it."""
    bench.add("/a", "/b")
    away = AwayStore(bench.store)
    worker, runner = bench.worker(store=away)  # type: ignore[arg-type]
    away.unanswered = 1
    with pytest.raises(StoreUnavailableError):
        worker.step()
    assert (bench.states(), runner.running) == (["running"] * 2, {})
    for _ in range(2):
        worker.step()
    assert (list(runner.running), [row["attempts"] for row in bench.rows()]) == ([1, 2], [1, 1])


def test_jobs_that_nobody_works_on_are_kept_by_nobody(bench: Bench) -> None:
    """A worker whose hands are full renews what it runs, and gives back what it was given without knowing."""
    bench.add("/a", "/b")
    worker, _ = bench.worker(slots=1)
    worker.step()
    with bench.store.write() as unit:
        lost = {"state": JobState.RUNNING, "owner": "ann", "attempts": 1, "leased_until": bench.clock.now() + LEASE}
        unit.set_all(Job, lost, id=2)
    for _ in range(3):
        worker.step()
    assert (bench.states(), [row["attempts"] for row in bench.rows()]) == (["running", "pending"], [1, 0])


def test_progress_that_could_not_be_written_is_written_later(bench: Bench) -> None:
    """What the store did not take of a module that takes its time, it is told when it is back."""
    bench.add("/a")
    away = AwayStore(bench.store)
    worker, runner = bench.worker(store=away)  # type: ignore[arg-type]
    worker.step()
    runner.tell(1, "solve", "running")
    worker.step()
    away.failures = 1
    with pytest.raises(StoreUnavailableError):
        worker.step()
    worker.step()
    assert [step["state"] for step in bench.rows()[0]["modules"]] == ["running"]
