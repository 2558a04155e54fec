"""A worker takes jobs by leases, writes down what becomes of them, and survives what its runner and the store do."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from queue_bench import AwayStore, Bench, RefusingStore

from tsplug.model import Job, JobState
from tsplug.ports import Store
from tsplug.services.jobs.orders import cancel_jobs

pytestmark = pytest.mark.both_databases


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_jobs_are_done_in_their_order(bench: Bench) -> None:
    """The most urgent go first, then those that came first, no more beside each other than there are hands."""
    bench.add("/a", "/b", "/c")
    bench.add("/urgent", priority=5)
    worker, runner = bench.worker()
    worker.step()
    assert [task.file for task in runner.started] == ["/urgent", "/a"]
    runner.tell(4, "preview", "completed")
    runner.end(4)
    worker.step()
    assert [task.file for task in runner.started] == ["/urgent", "/a", "/b"]
    assert bench.states() == ["running", "running", "pending", "completed"]
    (step,) = bench.rows()[3]["modules"]
    assert (step["module"], step["state"]) == ("preview", "completed")


def test_a_failed_module_fails_the_job_and_keeps_the_rest(bench: Bench) -> None:
    """A job fails with a line of every problem; what other modules did is kept, and the next job is begun."""
    bench.add("/a", "/b")
    worker, runner = bench.worker(slots=1)
    worker.step()
    runner.tell(1, "preview", "completed")
    for module in ("solve", "quality"):
        runner.tell(1, module, "failed", "the frame is cut off")
    runner.end(1)
    worker.step()
    job = bench.rows()[0]
    assert (job["state"], job["message"]) == ("failed", "solve, quality: the frame is cut off")
    assert [step["state"] for step in job["modules"]] == ["completed", "failed", "failed"]
    assert list(runner.running) == [2]


def test_whatever_is_said_of_a_frame_is_written_down(bench: Bench) -> None:
    """Names of files that are no UTF-8, bytes that no database takes and endless texts cost nobody else a thing."""
    bench.add("/a", "/b")
    worker, runner = bench.worker(slots=1)
    worker.step()
    runner.tell(1, "solve", "failed")
    runner.news[-1].told.message = "dark/\udce9.fits\0 " + "x" * 100_000
    runner.end(1, "no \udce9.fits\0")
    worker.step()
    job = bench.rows()[0]
    (step,) = job["modules"]
    assert (job["state"], step["message"][:22]) == ("failed", "dark/\\udce9.fits\\x00 x")
    assert step["message"][-28:] == "xxx ... (98021 letters more)"
    assert job["message"].endswith("; no \\udce9.fits\\x00")
    assert list(runner.running) == [2]


def test_what_the_store_refuses_of_one_frame_costs_no_other(bench: Bench) -> None:
    """A job whose modules cannot be stored ends without them and says so; what ended beside it is written."""
    bench.add("/a", "/b", "/c")
    worker, runner = bench.worker(store=cast(Store, RefusingStore(bench.store, "odd")))
    worker.step()
    for key, module in ((1, "odd"), (2, "preview")):
        runner.tell(key, module, "completed")
        runner.end(key)
    worker.step()
    assert (bench.states(), list(runner.running)) == (["failed", "completed", "running"], [3])
    assert bench.rows()[0]["message"] == "what its modules told was refused: odd is odd"


def test_a_job_without_a_reason_fails_at_once(bench: Bench) -> None:
    """What goes wrong beside all modules fails the job, with the words that were told."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.end(1, "InputError: there is no module 'x'")
    worker.step()
    assert (bench.states(), bench.rows()[0]["message"]) == (["failed"], "InputError: there is no module 'x'")


def test_a_killed_process_costs_an_attempt(bench: Bench) -> None:
    """A job whose process dies waits and is begun again; its half written files are swept away both times."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "solve", "running")
    runner.end(1, "its process was killed (SIGKILL)", passing=True)
    worker.step()
    (job,) = bench.rows()
    assert (job["state"], job["attempts"], job["message"]) == (
        "pending",
        1,
        "its process was killed (SIGKILL) in solve",
    )
    for _ in range(10):
        worker.step()
    assert (bench.states(), list(runner.running), bench.swept) == (["running"], [1], [Path("/a")] * 2)


def test_a_process_that_cannot_be_started_costs_an_attempt(bench: Bench) -> None:
    """A machine without memory for one more process right now keeps its worker, and the job waits for better times."""
    bench.add("/a")
    worker, runner = bench.worker()
    runner.refusal = OSError(12, "Cannot allocate memory")
    worker.step()
    worker.step()
    (job,) = bench.rows()
    assert (job["state"], job["attempts"]) == ("pending", 1)
    assert job["message"] == "no process could be started: Cannot allocate memory"
    runner.refusal = None
    for _ in range(10):
        worker.step()
    assert list(runner.running) == [1]


def test_a_dead_worker_loses_its_jobs(bench: Bench) -> None:
    """What a worker that is not heard of had begun, another does after the lease; the first can do no harm any more."""
    bench.add("/a")
    first, dead = bench.worker("ann")
    first.step()
    dead.tell(1, "solve", "running")
    for _ in range(3):
        first.step()
    second, runner = bench.worker("ben", slots=1)
    bench.add("/b", priority=5)
    second.step()
    assert (list(runner.running), bench.rows()[0]["modules"][0]["state"]) == ([2], "running")
    bench.clock.advance(61)
    second.step()
    told = "nothing was heard from its worker ann"
    assert [(step["state"], step["message"]) for step in bench.rows()[0]["modules"]] == [("failed", told)]
    runner.end(2)
    second.step()
    assert list(runner.running) == [1]
    dead.end(1)
    first.step()
    assert (bench.states(), bench.rows()[0]["owner"]) == (["running", "completed"], "ben")
    runner.end(1)
    second.step()
    assert bench.states() == ["completed", "completed"]


def test_a_worker_that_lives_keeps_its_jobs(bench: Bench) -> None:
    """A lease is renewed as long as a worker works, and one that finds its job with another stops it."""
    bench.add("/a")
    first, runner = bench.worker("ann")
    second, other = bench.worker("ben")
    first.step()
    for _ in range(40):
        first.step()
        second.step()
    assert (list(runner.running), other.running) == ([1], {})
    with bench.store.write() as unit:
        unit.set_all(Job, {"owner": "ben"}, id=1)
    for _ in range(3):
        first.step()
    assert (runner.running, runner.stopped) == ({}, [1])


def test_a_module_that_hangs_is_stopped_and_the_others_go_on(bench: Bench) -> None:
    """The module that takes too long has failed; the frame is begun again without it, and its job tells of it."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "preview", "completed")
    runner.tell(1, "solve", "running")
    runner.tell(1, "quality", "pending")
    for _ in range(103):
        worker.step()
    assert runner.stopped == [1]
    assert runner.running[1].stopped == {"solve": "stopped after 100 s without an end"}
    runner.tell(1, "preview", "completed")
    runner.tell(1, "quality", "completed")
    runner.end(1)
    worker.step()
    (job,) = bench.rows()
    assert [(step["module"], step["state"]) for step in job["modules"]] == [
        ("preview", "completed"),
        ("solve", "failed"),
        ("quality", "completed"),
    ]
    assert (job["state"], job["message"]) == ("failed", "solve: stopped after 100 s without an end")


@pytest.mark.parametrize("is_told", [True, False], ids=["killed", "silent"])
def test_what_hung_is_not_tried_again_after_an_attempt_that_is_lost(bench: Bench, is_told: bool) -> None:
    """The time limit is waited for once, whatever becomes of the attempts after it, and whoever makes them."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "solve", "running")
    runner.tell(1, "quality", "pending")
    for _ in range(105):
        worker.step()
    runner.tell(1, "solve", "failed", "stopped after 100 s without an end")
    runner.tell(1, "quality", "running")
    if is_told:
        runner.end(1, "its process was killed (SIGKILL)", passing=True)
    else:
        for _ in range(3):
            worker.step()
        bench.clock.advance(61)
        worker, runner = bench.worker("ben")
    for _ in range(10):
        worker.step()
    assert runner.running[1].stopped == {"solve": "stopped after 100 s without an end"}
    runner.tell(1, "quality", "completed")
    runner.end(1)
    worker.step()
    (job,) = bench.rows()
    assert (job["state"], job["attempts"]) == ("failed", 2)
    assert sorted((step["module"], step["state"]) for step in job["modules"]) == [
        ("quality", "completed"),
        ("solve", "failed"),
    ]


def test_a_job_that_waits_for_a_machine_is_not_stopped(bench: Bench) -> None:
    """Its time counts from where it begins there."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.begin(1, begun=False)
    for _ in range(150):
        worker.step()
    runner.begin(1, begun=True)
    for _ in range(90):
        worker.step()
    assert runner.stopped == []
    for _ in range(20):
        worker.step()
    assert runner.stopped == [1]


def test_a_module_that_waits_for_programs_may_take_longer(bench: Bench) -> None:
    """By the time in which those end by themselves; the module after it may not."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "solve", "running")
    for more_s in (150, 50):
        runner.ask_time(1, more_s)
    for _ in range(290):
        worker.step()
    assert runner.stopped == []
    runner.tell(1, "solve", "completed")
    runner.tell(1, "quality", "running")
    for _ in range(103):
        worker.step()
    assert (runner.stopped, bench.rows()[0]["message"]) == ([1], "quality: stopped after 100 s without an end")


def test_a_module_that_hangs_while_it_waits_for_programs_is_stopped_too(bench: Bench) -> None:
    """The time it was stopped after is told as it was, and known as such in later attempts."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "solve", "running")
    runner.ask_time(1, 50)
    for _ in range(153):
        worker.step()
    assert bench.rows()[0]["message"] == "solve: stopped after 150 s without an end"


def test_a_process_that_never_begins_is_stopped(bench: Bench) -> None:
    """A job that hangs before its first module has failed, and so has one whose last module hangs."""
    bench.add("/a", "/b")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(2, "solve", "running")
    for _ in range(103):
        worker.step()
    assert bench.states() == ["failed", "failed"]
    assert bench.rows()[0]["message"] == "the frame: stopped after 100 s without an end"
    assert runner.running == {}


def test_a_running_job_can_be_cancelled(bench: Bench) -> None:
    """Its worker stops it when it looks; one that waits is cancelled at once."""
    bench.add("/a", "/b", submitted_by="ann")
    worker, runner = bench.worker(slots=1)
    worker.step()
    cancel_jobs(bench.store, [1, 2], user="ann", administrators=(), at=bench.clock.now())
    assert bench.states() == ["running", "cancelled"]
    runner.tell(1, "solve", "running")
    for _ in range(2):
        worker.step()
    assert (bench.states(), runner.stopped) == (["cancelled", "cancelled"], [1])
    assert [(step["state"], step["message"]) for step in bench.rows()[0]["modules"]] == [("skipped", "cancelled")]


def test_progress_is_seen_while_a_job_runs(bench: Bench) -> None:
    """The store learns how far modules are that take their time, without a transaction at each step of a quick one."""
    bench.add("/a")
    worker, runner = bench.worker()
    worker.step()
    runner.tell(1, "solve", "running")
    worker.step()
    assert bench.rows()[0]["modules"] == []
    for _ in range(2):
        worker.step()
    assert [step["state"] for step in bench.rows()[0]["modules"]] == ["running"]


def test_one_file_is_worked_on_once_at_a_time(bench: Bench) -> None:
    """Two jobs about one file, as a retry beside a new one, are done one after the other."""
    bench.add("/a")
    with bench.store.write() as unit:
        unit.add(Job(file="/a", created_at=bench.clock.now()))
    worker, runner = bench.worker()
    worker.step()
    assert list(runner.running) == [1]
    runner.end(1)
    for _ in range(2):
        worker.step()
    assert list(runner.running) == [2]


def test_a_worker_that_is_stopped_gives_back_its_jobs(bench: Bench) -> None:
    """Told to stop, it stops what runs, and the jobs wait again without having lost an attempt."""
    bench.add("/a")
    worker, runner = bench.worker()
    looks = iter([False, True])

    def until() -> bool:
        runner.tell(1, "solve", "running")
        return next(looks)

    worker.run(until=until)
    (job,) = bench.rows()
    assert (job["state"], job["attempts"], runner.running) == ("pending", 0, {})
    assert [step["state"] for step in job["modules"]] == ["pending"]


def test_a_busy_worker_is_not_asked_all_the_time(bench: Bench) -> None:
    """Whether to stop is asked as often as the queue is looked at while jobs run, however much they have to tell."""
    bench.add("/a")
    worker, runner = bench.worker()
    steps, asked = [0], [0]

    def until() -> bool:
        asked[0] += 1
        return asked[0] > 3

    usual = runner.wait

    def wait(timeout_s: float) -> object:
        steps[0] += 1
        if 1 in runner.running:
            runner.tell(1, "solve", "running")
            bench.clock.advance(0.125)
        return usual(timeout_s)

    runner.wait = wait  # type: ignore[method-assign,assignment]
    worker.run(until=until)
    assert steps[0] > 5 * asked[0]


def test_a_store_that_is_away_is_waited_for(bench: Bench) -> None:
    """What ended while the store could not be written is written when it can be."""
    bench.add("/a")
    away = AwayStore(bench.store)
    worker, runner = bench.worker(store=away)  # type: ignore[arg-type]
    worker.step()
    runner.end(1)
    away.failures = 3
    told: list[str] = []

    class Heard:
        def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
            told.append(message)

    worker.run(until=lambda: bench.states() == [JobState.COMPLETED], progress=Heard())
    assert told == ["waiting for the store: the disk is full"] * 3
