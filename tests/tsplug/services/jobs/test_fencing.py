"""A worker that lost its job to another writes nothing into the frame any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.errors import Cancelled
from tsplug.model import Job, JobState
from tsplug.ports import FrameTask
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.testing import ManualClock, memory_store
from tsplug.testing.clock import START


@pytest.mark.parametrize("owner", ["w", "another"])
def test_a_header_is_written_by_who_has_the_job(tmp_path: Path, owner: str) -> None:
    """The owner writes it; whoever was silent for too long stops there, and what another wrote meanwhile stays."""
    store, file = memory_store(), star_frame(tmp_path / "a.fits")
    before = file.read_bytes()
    with store.write() as unit:
        unit.add(Job(file=str(file), state=JobState.RUNNING, owner=owner, created_at=START))
    task = FrameTask(1, str(file), "", owner="w")

    def work() -> None:
        modules = [module for module in pipeline_modules() if module.name != "preview"]
        work_on_frame(task, lambda step: None, tools=pipeline_tools(store), modules=modules, clock=ManualClock())

    if owner == "w":
        work()
    else:
        with pytest.raises(Cancelled, match="job 1 is no longer that of w"):
            work()
    assert (file.read_bytes() == before) is (owner != "w")
