"""Somebody sets the clock of a machine at which workers work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_bench import LEASE, Bench

from tsplug.services.jobs.lease_time import LeaseTime
from tsplug.testing import ManualClock

STEPS = st.lists(
    st.tuples(
        st.floats(0, 5), st.sampled_from([0.0, 0.0, 0.0, -7200.0, -40.0, -14.0, 14.0, 40.0, 7200.0]), st.booleans()
    ),
    max_size=60,
)
# Seconds that pass, seconds by which the clock is set, and who looks first.


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.both_databases
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


@pytest.mark.both_databases
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


@settings(max_examples=50)
@given(STEPS)
def test_no_living_worker_counts_as_gone(steps: list[tuple[float, float, bool]]) -> None:
    """However the clock of a machine is set, none of two workers on it takes the jobs of the other that renews them."""
    clock = ManualClock()
    ann, ben = LeaseTime(clock, LEASE), LeaseTime(clock, LEASE)
    until = clock.now() + LEASE
    for passed_s, set_by_s, ben_first in steps:
        clock.advance(passed_s)
        clock.set(clock.now() + timedelta(seconds=set_by_s))
        assert not (ben_first and ben.others_count() and until <= clock.now())
        if ann.is_renewal_due():
            until = clock.now() + LEASE
            ann.renewed()
        assert timedelta(0) < until - clock.now() <= LEASE * 1.25
        assert not (ben.others_count() and until <= clock.now())
