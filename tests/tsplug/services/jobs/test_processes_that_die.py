"""A worker whose processes die, or do not."""

from __future__ import annotations

import pytest
from queue_bench import Bench

from tsplug.testing import RecordingProgress

pytestmark = pytest.mark.both_databases


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("attempts", "state", "steps"),
    [
        (1, "pending", [("failed", "its process ended with status 3 in solve"), ("pending", "")]),
        (
            5,
            "failed",
            [
                ("failed", "given up after 5 attempts: its process ended with status 3 in solve"),
                ("skipped", "not begun"),
            ],
        ),
    ],
    ids=["first", "last"],
)
def test_no_module_of_a_dead_process_runs(
    bench: Bench, attempts: int, state: str, steps: list[tuple[str, str]]
) -> None:
    """The module at work has failed with the reason; those after it wait as the job does, or were never begun."""
    bench.add("/a")
    worker, runner = bench.worker()
    for attempt in range(attempts):
        while not runner.running:
            worker.step()
        runner.tell(1, "preview", "completed")
        runner.tell(1, "solve", "running")
        runner.tell(1, "quality", "pending")
        if attempt < attempts - 1:
            runner.end(1, "killed", passing=True)
            worker.step()
    runner.end(1, "its process ended with status 3", passing=True)
    worker.step()
    (job,) = bench.rows()
    assert job["state"] == state
    assert [(step["state"], step["message"]) for step in job["modules"]] == [("completed", ""), *steps]


def test_a_process_has_time_to_start_also_for_what_is_left(bench: Bench) -> None:
    """However little a module may take, and though modules were told of before one of them hung."""
    bench.add("/a")
    worker, runner = bench.worker(time_limit_s=3)
    worker.step()
    runner.tell(1, "solve", "running")
    runner.tell(1, "quality", "pending")
    while len(runner.started) < 2:
        worker.step()
    for _ in range(50):
        worker.step()
    runner.tell(1, "quality", "completed")
    runner.end(1)
    worker.step()
    (job,) = bench.rows()
    assert (job["message"], len(runner.started)) == ("solve: stopped after 3 s without an end", 2)


def test_what_does_not_end_is_told_once(bench: Bench) -> None:
    """Else a worker whose processes all hang in a disk would wait without a word."""
    worker, runner = bench.worker()
    lost, told = iter([0, 1, 1, 2, 0, 1]), RecordingProgress()

    def until() -> bool:
        runner.lost = next(lost, -1)
        return runner.lost < 0

    worker.run(until=until, progress=told)
    words = "processes that were stopped and do not end, as where a disk does not answer: "
    assert [message.partition(words)[2].partition(";")[0] for message, _, _ in told.reports] == ["1", "2", "1"]
