"""A worker whose frames cannot be reached: they wait, which is told, and nothing of it counts against them."""

from __future__ import annotations

import pytest
from queue_bench import Bench

from tsplug.model.job_flow import MAX_ATTEMPTS
from tsplug.ports import TaskNews
from tsplug.services.jobs.orders import cancel_jobs
from tsplug.testing import RecordingProgress

pytestmark = pytest.mark.both_databases

AWAY = "/nas/a: cannot be opened: Host is down"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_frame_out_of_reach_waits_as_long_as_it_takes(bench: Bench) -> None:
    """However often it is looked for; when its disk is back it is processed, and others are meanwhile."""
    bench.add("/nas/a", "/b")
    worker, runner = bench.worker(slots=1)
    for _ in range(2 * MAX_ATTEMPTS):
        while 1 not in runner.running:
            worker.step()
            if 2 in runner.running:
                runner.end(2)
        runner.end(1, AWAY, away=True)
        worker.step()
        job = bench.rows()[0]
        assert (job["state"], job["attempts"], job["message"], job["not_before"] is None) == ("pending", 0, AWAY, False)
    assert (bench.states(), bench.rows()[0]["away_s"] > 75) == (["pending", "completed"], True)
    while 1 not in runner.running:
        worker.step()
    runner.end(1)
    worker.step()
    assert bench.states() == ["completed"] * 2


def test_a_frame_out_of_reach_may_be_cancelled(bench: Bench) -> None:
    """As any that waits."""
    bench.add("/nas/a")
    worker, runner = bench.worker()
    worker.step()
    runner.end(1, AWAY, away=True)
    worker.step()
    cancel_jobs(bench.store, [1], user="", administrators=(), at=bench.clock.now())
    assert bench.states() == ["cancelled"]


def test_a_process_that_cannot_be_ended_tells_of_a_disk(bench: Bench) -> None:
    """Nothing else keeps one: the module at work is no worse for it, and its frame waits."""
    bench.add("/nas/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "preview", "running")
    runner.lost = 1
    for _ in range(102):
        worker.step()
    (job,) = bench.rows()
    assert (job["state"], job["attempts"]) == ("pending", 0)
    assert job["message"] == "its disk does not answer: preview was stopped and does not end"
    runner.lost = 0
    while not runner.running:
        worker.step()
    assert runner.started[-1].stopped == {}


def test_what_is_out_of_reach_is_told_once_a_folder(bench: Bench) -> None:
    """When it begins, and again when it was back meanwhile; not for each frame of a night."""
    bench.add("/nas/a", "/nas/b", "/usb/c")
    worker, runner = bench.worker(slots=3)
    told, ends = RecordingProgress(), iter([True, True, True, False, True, True])

    def until() -> bool:
        for key in list(runner.running):
            following = next(ends, None)
            if following is None:
                return True
            runner.news.append(TaskNews(key, ended=True, problem=AWAY if following else "", away=following))
            del runner.running[key]
        return False

    worker.run(until=until, progress=told)
    words = [message.partition(" until")[0].removeprefix("waiting for frames in ") for message, _, _ in told.reports]
    assert words == ["/nas", "/usb", "/nas"]
