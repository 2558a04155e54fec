"""Somebody sets the clock of a machine at which workers work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from queue_bench import LEASE, Bench

pytestmark = pytest.mark.both_databases


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_clock_that_is_set_back_lets_no_job_wait_for_hours(bench: Bench) -> None:
    """A job that is to wait for longer than any does was told so by a clock that was wrong, and is begun."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.end(1, "its process was killed (SIGKILL)", passing=True)
    worker.step()
    bench.clock.set(bench.clock.now() - timedelta(hours=1))
    worker.step()
    assert (bench.states(), list(runner.running)) == (["running"], [1])


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_disturbs_no_job(bench: Bench, hours: int) -> None:
    """Jobs at work go on and keep their leases, the queue is looked at, and what hangs is stopped in its time."""
    bench.add("/a", "/b")
    worker, runner = bench.worker()
    beside, other = bench.worker("ben")
    worker.step()
    for key in (1, 2):
        runner.tell(key, "solve", "running")
    worker.step()
    bench.clock.set(bench.clock.now() + timedelta(hours=hours))
    beside.step()
    runner.end(2)
    worker.step()
    assert (bench.states(), list(runner.running)) == (["running", "completed"], [1])
    for _ in range(40):
        beside.step()
        worker.step()
        renewed = [row["leased_until"] for row in bench.rows() if row["state"] == "running"]
        assert min(renewed) > bench.clock.now().isoformat()
        assert max(renewed) <= (bench.clock.now() + LEASE).isoformat()
    assert (runner.stopped, other.started, bench.rows()[0]["attempts"]) == ([], [], 1)
    bench.add("/c")
    for _ in range(30):
        worker.step()
    assert ([task.file for task in runner.started], runner.stopped) == (["/a", "/b", "/c"], [1])
    assert bench.rows()[0]["message"] == "solve: stopped after 100 s without an end"
