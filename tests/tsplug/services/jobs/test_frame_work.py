"""What a process tells of its job while it works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.model import JobStep, PipelinePreferences, Profile
from tsplug.ports import FrameTask, MoreTime, SolveOutcome, SolveRequest, SolveState
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.testing import ManualClock, memory_store


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
