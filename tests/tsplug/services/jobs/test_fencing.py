"""A worker that lost its job to another writes neither its frame nor its picture any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.errors import Cancelled
from tsplug.model import Job, JobState
from tsplug.ports import FrameTask, Store
from tsplug.services.jobs.fencing import check_lease, taken_over
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.testing import ManualClock, memory_store
from tsplug.testing.clock import START


def store_with(job: Job) -> Store:
    """Return a store with a job."""
    store = memory_store()
    with store.write() as unit:
        unit.add(job)
    return store


@pytest.mark.parametrize("part", ["preview", "quality_headers"])
@pytest.mark.parametrize(
    ("owner", "since_s"), [("w", 0), ("another", 0), ("w", -60)], ids=["its", "another's", "an earlier attempt"]
)
def test_a_frame_is_written_by_who_has_the_job(tmp_path: Path, part: str, owner: str, since_s: float) -> None:
    """The owner writes; whoever was silent for too long stops there, and so does an attempt that is over."""
    file = star_frame(tmp_path / "a.fits")
    before = file.read_bytes()
    store = store_with(Job(file=str(file), state=JobState.RUNNING, owner=owner, created_at=START, started_at=START))
    task = FrameTask(1, str(file), "", owner="w", begun_at=START + timedelta(seconds=since_s))
    wanted = (part, "quality_analysis") if part == "quality_headers" else (part,)

    def work() -> None:
        modules = [module for module in pipeline_modules() if module.name in wanted]
        work_on_frame(task, lambda step: None, tools=pipeline_tools(store), modules=modules, clock=ManualClock())

    is_its = owner == "w" and not since_s
    if is_its:
        work()
    else:
        with pytest.raises(Cancelled, match="job 1 is no longer that of w"):
            work()
    assert (file.read_bytes() != before) is (is_its and part == "quality_headers")
    assert (tmp_path / "previews").exists() is (is_its and part == "preview")


def test_of_two_that_run_one_attempt_the_later_one_writes() -> None:
    """Who comes back after a cluster gave its task to another machine has lost it, and who has lost the job too."""
    store = store_with(Job(file="/a", state=JobState.RUNNING, owner="w", created_at=START, started_at=START))
    task = FrameTask(1, "/a", "", owner="w", begun_at=START)
    first, second = (taken_over(task, store, at=START + timedelta(microseconds=number)) for number in (1, 2))
    check_lease(second, store)
    for lost in (task, first):
        with pytest.raises(Cancelled):
            check_lease(lost, store)
    with store.write() as unit:
        unit.set_all(Job, {"owner": "another"}, id=1)
    with pytest.raises(Cancelled):
        taken_over(task, store, at=START)


def test_work_without_an_owner_is_nobodys_to_lose() -> None:
    """Frames that are worked on beside any queue are written by whoever does."""
    task = FrameTask(1, "/a", "")
    assert taken_over(task, None, at=START) == task
    check_lease(task, None)
