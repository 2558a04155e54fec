"""Running modules over one frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tsplug.app import pipeline_tools
from tsplug.errors import Cancelled, FileError, OutOfReachError, StoreUnavailableError
from tsplug.model import ModuleState
from tsplug.ports import FrameAtWork, ModuleOutcome, completed, failed, skipped
from tsplug.services.pipeline.choosing import StoppedModule
from tsplug.services.pipeline.frame import PipelineFrame
from tsplug.services.pipeline.running import ModuleReport, run_modules
from tsplug.testing import CountingCancellation, ManualClock


@dataclass
class Piece:
    """A module that does what a test says."""

    name: str
    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    work: Callable[[FrameAtWork], ModuleOutcome] = lambda frame: completed("done")
    title: str = "Do what a test says."

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Do it."""
        return self.work(frame)


def raising(error: BaseException) -> Callable[[FrameAtWork], ModuleOutcome]:
    """Return work that raises."""

    def work(frame: FrameAtWork) -> ModuleOutcome:
        raise error

    return work


def frame() -> PipelineFrame:
    """Return a frame that nobody reads."""
    return PipelineFrame(Path("a.fits"), pipeline_tools())


def ends(reports: tuple[ModuleReport, ...]) -> dict[str, tuple[ModuleState, str]]:
    """Return state and message by module."""
    return {report.module: (report.state, report.message) for report in reports}


def test_a_failed_module_costs_its_dependents_and_nobody_else() -> None:
    """What needs a failed module's output is skipped with the reason, through any number of steps; the rest run."""
    found = run_modules(
        frame(),
        [
            Piece("first", gives=("a",), work=lambda frame: completed("fine", a=1)),
            Piece("broken", gives=("b",), work=lambda frame: failed("the disk is full")),
            Piece("after", needs=("b",), gives=("c",)),
            Piece("last", needs=("c",)),
            Piece("other", needs=("a",), work=lambda frame: completed(f"has {frame.outputs['a']}")),
        ],
        clock=ManualClock(),
    )
    assert ends(found) == {
        "first": (ModuleState.COMPLETED, "fine"),
        "broken": (ModuleState.FAILED, "the disk is full"),
        "after": (ModuleState.SKIPPED, "needs b, and broken failed"),
        "last": (ModuleState.SKIPPED, "needs c, and after skipped"),
        "other": (ModuleState.COMPLETED, "has 1"),
    }


def test_what_needs_a_module_that_took_too_long_tells_of_it() -> None:
    """A module that is not tried again has failed with its reason, which is no matter of settings."""
    slow = StoppedModule(Piece("slow", needs=("x",), gives=("b",)), "stopped after 100 s without an end")
    found = run_modules(frame(), [slow, Piece("after", needs=("b",))], clock=ManualClock())
    assert ends(found) == {
        "slow": (ModuleState.FAILED, "stopped after 100 s without an end"),
        "after": (ModuleState.SKIPPED, "needs b, and slow failed"),
    }


def test_what_a_switched_off_module_would_give_is_lacking() -> None:
    """The message says that nobody gives what is needed, not that something failed."""
    found = run_modules(frame(), [Piece("alone", needs=("stars",))], clock=ManualClock())
    assert ends(found)["alone"] == (ModuleState.SKIPPED, "needs stars, which no module that is switched on gives")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileError("a.fits: missing"), "a.fits: missing"),
        (KeyError("x"), "a.fits: KeyError: 'x'"),
        (SystemExit(3), "one ended its process with status 3, which is not its own to end"),
    ],
    ids=["ours", "anything", "exit"],
)
def test_whatever_a_module_raises_makes_it_fail(error: BaseException, told: str) -> None:
    """One clear line stands for the traceback, and the next module runs."""
    found = run_modules(frame(), [Piece("one", work=raising(error)), Piece("two")], clock=ManualClock())
    assert ends(found) == {"one": (ModuleState.FAILED, told), "two": (ModuleState.COMPLETED, "done")}


def test_a_module_that_returns_something_else_fails() -> None:
    """It is told by its name, and the next module runs."""

    def forgetful(frame: FrameAtWork) -> Any:
        return None

    found = run_modules(frame(), [Piece("one", work=forgetful), Piece("two")], clock=ManualClock())
    assert [report.state for report in found] == [ModuleState.FAILED, ModuleState.COMPLETED]
    assert found[0].message == "one returned None, which is none of completed, skipped and failed"


@pytest.mark.parametrize(
    "error",
    [StoreUnavailableError("locked"), OutOfReachError("away"), Cancelled("stop")],
    ids=["store", "disk", "stop"],
)
def test_a_failing_store_and_a_stop_end_the_run(error: Exception) -> None:
    """Neither is a fault of the frame: whoever runs the job decides what comes next."""
    with pytest.raises(type(error)):
        run_modules(frame(), [Piece("one", work=raising(error))], clock=ManualClock())


def test_states_are_told_as_they_happen() -> None:
    """All wait, then each runs and ends with its duration; nothing outside of what it says it gives is passed on."""
    clock, told = ManualClock(), []

    def slow(frame: FrameAtWork) -> ModuleOutcome:
        clock.sleep(2)
        return completed("slow", a=1, secret=2)

    work = frame()
    run_modules(
        work,
        [Piece("one", gives=("a",), work=slow), Piece("two", work=lambda frame: skipped("nothing to do"))],
        clock=clock,
        on_state=told.append,
    )
    assert [(each.module, str(each.state), each.duration_s) for each in told] == [
        ("one", "pending", 0.0),
        ("two", "pending", 0.0),
        ("one", "running", 0.0),
        ("one", "completed", 2.0),
        ("two", "running", 0.0),
        ("two", "skipped", 0.0),
    ]
    assert work.outputs == {"a": 1}


def test_a_stop_is_obeyed_between_modules() -> None:
    """The module at work ends; the next does not begin."""
    told: list[ModuleReport] = []
    with pytest.raises(Cancelled):
        run_modules(
            frame(),
            [Piece("one"), Piece("two")],
            clock=ManualClock(),
            on_state=told.append,
            cancellation=CountingCancellation(after=1),
        )
    assert [each.module for each in told if each.state is ModuleState.COMPLETED] == ["one"]
