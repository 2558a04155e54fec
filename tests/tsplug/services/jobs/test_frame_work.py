"""What a process tells of its job while it works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.app import frame_headers, pipeline_modules, pipeline_tools
from tsplug.errors import OutOfReachError
from tsplug.model import JobStep, PipelinePreferences, Profile
from tsplug.ports import (
    FrameAtWork,
    FrameTask,
    ModuleOutcome,
    MoreTime,
    SolveOutcome,
    SolveRequest,
    SolveState,
    completed,
)
from tsplug.services.disk_frames import list_frames
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.testing import ManualClock, memory_store
from tsplug.testing.clock import START


class Patient:
    """A solver that may take as long as programs may."""

    def __init__(self, name: str) -> None:
        self.name = name

    def longest_s(self, request: SolveRequest) -> float:
        """Return what the rig allows."""
        return request.preferences.solve_timeout_s

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Find nothing."""
        return SolveOutcome(self.name, SolveState.NOT_SOLVED, "found nothing")


def test_it_is_told_how_long_programs_may_take(tmp_path: Path) -> None:
    """All that are asked, one after the other, once their module has begun; so nobody takes them for hung."""
    store = memory_store()
    with store.write() as unit:
        likes = PipelinePreferences(solvers=["astap", "solve-field", "nobody"], solve_timeout_s=200.0)
        rig = unit.add(Profile(name="rig", pipeline=likes))
    tools = replace(pipeline_tools(store), solvers={name: Patient(name) for name in likes.solvers[:2]})
    task = FrameTask(1, str(star_frame(tmp_path / "a.fits")), "", profile_id=rig.id)
    told: list[object] = []
    modules = [module for module in pipeline_modules() if module.name == "plate_solve"]
    work_on_frame(task, told.append, tools=tools, modules=modules, clock=ManualClock())
    assert [each.state if isinstance(each, JobStep) else each for each in told] == [
        "pending",
        "running",
        MoreTime(400.0),
        "completed",
    ]


def test_a_frame_out_of_reach_is_no_frame_that_is_gone(tmp_path: Path) -> None:
    """Where even its folder is not there, its disk may be back: the job is to wait; else its modules fail at once."""
    told: list[object] = []
    modules = [module for module in pipeline_modules() if module.name == "preview"]

    def work(file: Path) -> None:
        work_on_frame(
            FrameTask(1, str(file), ""), told.append, tools=pipeline_tools(), modules=modules, clock=ManualClock()
        )

    with pytest.raises(OutOfReachError, match=r"the folder .*/nas is not there, as where a disk is not mounted"):
        work(tmp_path / "nas" / "a.fits")
    assert told == []
    work(tmp_path / "a.fits")
    assert [each.state for each in told if isinstance(each, JobStep)] == ["pending", "running", "failed"]


class Odd:
    """A module of others with words that cannot be stored as they are."""

    name, title, needs, gives = "odd", "Say something odd.", (), ()

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Name a file whose name is no UTF-8."""
        return completed("saw \udce9.fits")


def test_any_words_of_a_module_are_told(tmp_path: Path) -> None:
    """What cannot be stored of them as it is has its code in their place; the module did what it did."""
    told: list[object] = []
    task = FrameTask(1, str(star_frame(tmp_path / "a.fits")), "")
    work_on_frame(task, told.append, tools=pipeline_tools(), modules=[Odd()], clock=ManualClock())
    step = told[-1]
    assert isinstance(step, JobStep)
    assert (step.state, step.message) == ("completed", "saw \\udce9.fits")


def test_a_picture_lies_where_its_job_wants_it(tmp_path: Path) -> None:
    """In a folder that mirrors the ways to frames, where lists find it; the folder of the frame stays as it is."""
    (tmp_path / "lights").mkdir()
    store, file = memory_store(), star_frame(tmp_path / "lights" / "a.fits")
    with store.write() as unit:
        request = JobRequest(previews=str(tmp_path / "pictures"))
        (job,) = submit(unit, [str(file)], request=JobRequest(), at=START)
        (job,) = submit(unit, [str(file)], request=request, at=START)
    task = FrameTask(job.id or 0, job.file, "", previews=job.previews)
    modules = [module for module in pipeline_modules() if module.name == "preview"]
    work_on_frame(task, lambda told: None, tools=pipeline_tools(store), modules=modules, clock=ManualClock())
    made = tmp_path / "pictures" / str(file.parent)[1:] / "a.fits.jpg"
    assert made.is_file()
    assert list(file.parent.iterdir()) == [file]
    (row,) = list_frames([file], frame_headers(), store=store).kept
    assert row["preview"] == str(made)
