"""Runs over stored images that are interrupted."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from frames_to_regrade import Frames, catalogue

from tsplug.errors import Cancelled, StoreError
from tsplug.model import Band, ExposureTemplate, GraderPreferences, Profile, RegradeRun
from tsplug.services.catalogue import load_catalogue
from tsplug.services.criteria import edit_criteria
from tsplug.testing import CountingCancellation


def test_a_cancelled_run_goes_on_where_it_stopped() -> None:
    """The same request again does the rest, and tells the numbers of the whole; another one begins anew."""
    frames = Frames()
    frames.take(3.0)
    frames.take(3.0, 3.1, target="Rosette")
    frames.context.cancellation = CountingCancellation(after=1)
    with pytest.raises(Cancelled):
        frames.regrade(batch=1)
    assert frames.told() == ["rE", "a-", "a-"]
    frames.context.cancellation = CountingCancellation()
    rest = frames.regrade(batch=1)
    assert (rest.resumed, rest.processed, rest.updated, len(rest.changes)) == (True, 3, 3, 2)
    assert [(run.state, run.last_target_id) for run in frames.all(RegradeRun)] == [("done", 2)]


def test_a_run_does_not_go_on_with_another_state_of_its_set() -> None:
    """A set that was edited meanwhile begins a new run, and the interrupted one is given up."""
    frames = Frames()
    frames.take(3.0)
    frames.take(3.0, target="Rosette")
    frames.context.cancellation = CountingCancellation(after=1)
    with pytest.raises(Cancelled):
        frames.regrade(batch=1)
    edit_criteria("HFR", ["hfr.bad=8"], store=frames.store)
    frames.context.cancellation = CountingCancellation()
    assert (frames.regrade().resumed, frames.told()) == (False, ["aB", "aB"])
    assert [run.state for run in frames.all(RegradeRun)] == ["abandoned", "done"]


def _other_minimum(frames: Frames) -> None:
    frames.change(ExposureTemplate, minimum_grade=Band.E)


def _other_policy(frames: Frames) -> None:
    (rig,) = frames.all(Profile)
    frames.change(Profile, grader=GraderPreferences(**rig.grader.model_dump() | {"ungraded": "hold"}))


def _two_days(frames: Frames) -> None:
    frames.clock.advance(2 * 86400.0)


@pytest.mark.parametrize("happened", [_other_minimum, _other_policy, _two_days])
def test_a_run_does_not_go_on_where_it_would_judge_by_other_rules(happened: Callable[[Frames], None]) -> None:
    """Nor long after: what is done of it was judged by rules, or frames, that are others now."""
    frames = Frames()
    frames.take(3.0)
    frames.take(3.0, target="Rosette")
    frames.context.cancellation = CountingCancellation(after=1)
    with pytest.raises(Cancelled):
        frames.regrade(batch=1)
    frames.context.cancellation = CountingCancellation()
    happened(frames)
    report = frames.regrade(batch=1)
    assert (report.resumed, report.processed, len(set(frames.told()))) == (False, 2, 1)
    assert [run.state for run in frames.all(RegradeRun)] == ["abandoned", "done"]


def test_two_programs_do_not_regrade_the_same_run() -> None:
    """Whoever finds that another went on stops with a message, and keeps nothing of its part."""
    frames = Frames()
    frames.take(3.0)
    sent = frames.context.progress.report

    def meanwhile(message: str, **numbers: Any) -> None:
        sent(message, **numbers)
        with frames.store.write() as unit:
            unit.set_all(RegradeRun, {"last_target_id": 1})

    frames.context.progress.report = meanwhile  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="another program regrades at the same time"):
        frames.regrade()
    assert frames.told() == ["a-"]


KILLED = """
    import sys
    from pathlib import Path
    from tsplug.app import open_store
    from tsplug.services.regrade_scope import RegradeRequest
    from tsplug.services.regrading import regrade
    from tsplug.testing import FakeContext, ManualClock, recording_devices

    class Waits:
        checks = 0

        def check(self):
            self.checks += 1
            if self.checks == 3:
                print("two of three done", flush=True)
                sys.stdin.read()

    clock = ManualClock()
    context = FakeContext(open_store(sys.argv[1], clock), clock, recording_devices(clock, Path("unused")))
    context.cancellation = Waits()
    regrade(RegradeRequest(everything=True), context, batch=1)
"""


def test_a_run_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """After kill -9 between two batches the same command does the rest; the result is that of one whole run."""
    whole, killed = (Frames(str(tmp_path / f"{name}.sqlite")) for name in ("whole", "killed"))
    for frames in (whole, killed):
        _third_target(frames)
        frames.take(3.0, 2.0)
        frames.take(2.2, 3.5, target="Rosette")
        frames.take(3.3, target="Third")
    whole.regrade()
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "killed.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "two of three done\n"
        process.kill()
    assert killed.told() == ["rE", "aA", "aA", "rE", "a-"]
    report = killed.regrade(batch=1)
    assert (report.resumed, report.processed, report.updated) == (True, 5, 5)
    assert (killed.told(), killed.accepted()) == (whole.told(), whole.accepted())
    assert killed.regrade().updated == 0


def _third_target(frames: Frames) -> None:
    document = catalogue()
    third = {**document["projects"][0]["targets"][1], "name": "Third"}
    document["projects"][0]["targets"].append(third)
    load_catalogue(document, frames.store, clock=frames.clock)
