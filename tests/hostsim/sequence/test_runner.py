"""Walking the tree of a sequence: order, place, resuming, failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from hostsim.equipment.rig import Rig
from hostsim.equipment.safety import NotConnectedError
from hostsim.sequence.document import Sequence
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.host import Host
from hostsim.sequence.journal import load_state
from hostsim.sequence.runner import Runner
from hostsim.sequence.state import Outbox, Place
from tsplug import Cancelled
from tsplug.instructions import SchedulerCondition
from tsplug.model import WorkLeft


def wait(text: str) -> dict[str, Any]:
    """Return an instruction that waits for a moment of the night."""
    return {"type": "wait_until", "until": {"time": f"2026-01-15T{text}:00+00:00"}}


PAUSE = {"type": "wait_until", "until": {"time": "12:00"}}
LONGER = {"type": "wait_until", "until": {"time": "11:00"}}
TREE: list[dict[str, Any]] = [
    wait("18:00"),
    {"type": "loop", "count": 2, "run": [PAUSE, {"type": "sequential", "run": [wait("19:00"), LONGER]}]},
    PAUSE,
]


def run(host: Host, items: list[dict[str, Any]]) -> None:
    """Run instructions with a host."""
    sequence = Sequence.model_validate({"name": "n", "start": "2026-01-15T17:00:00Z", "catalogue": {}, "run": items})
    Runner(sequence, host, where="night.yaml", lines={("run", 0): 8}).run()


def test_a_tree_runs_in_order(make_host: Callable[[], Host], screen: StringIO, tmp_path: Path) -> None:
    """Containers run what they hold, loops as often as they say, and the end is kept."""
    run(make_host(), TREE)
    assert screen.getvalue().count("== wait_until") == 1 + 2 * 3 + 1
    state = load_state(tmp_path / "state.json")
    assert state is not None
    assert state.finished
    assert state.moment == datetime(2026, 1, 18, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("fails_at", range(1, 7))
def test_a_night_goes_on_where_the_power_failed(
    make_host: Callable[[], Host], power: Any, fails_at: int, tmp_path: Path
) -> None:
    """Whichever instruction is cut off, the same night again ends at the same time after the same steps."""
    power.fails_at = fails_at
    with pytest.raises(BaseException, match=r"^$"):
        run(make_host(), TREE)
    run(make_host(), TREE)
    state = load_state(tmp_path / "state.json")
    assert state is not None
    assert state.moment == datetime(2026, 1, 18, 11, 0, tzinfo=UTC)
    # The wait for 18:00, and for 19:00 in the second pass, are over when they come.
    assert power.sleeps == 6 + 1


def test_a_loop_ends_at_its_moment(make_host: Callable[[], Host], screen: StringIO) -> None:
    """No pass begins after the moment, which is that of the loop's beginning, not of each pass."""
    run(make_host(), [{"type": "loop", "until": {"time": "2026-01-17T12:00:00+00:00"}, "run": [PAUSE, LONGER]}])
    assert screen.getvalue().count("== wait_until") == 4


def test_a_loop_without_time_is_an_error(make_host: Callable[[], Host]) -> None:
    """A loop until a moment whose passes take no time is refused instead of turning for ever."""
    with pytest.raises(InstructionFailedError, match=r"run\[0\] \(loop\): a pass took no time"):
        run(make_host(), [{"type": "loop", "until": {"time": "2026-01-17T12:00:00+00:00"}, "run": [wait("16:00")]}])


def test_a_failure_says_everything(make_host: Callable[[], Host]) -> None:
    """The error names file, line, path, instruction, reason, and what was left safe; the place is not passed."""
    host = make_host()
    with pytest.raises(
        InstructionFailedError,
        match=r"^night.yaml:8: run\[0\] \(park\): telescope: there is none.*; left safe: nothing is connected$",
    ):
        run(host, [{"type": "park"}, PAUSE])
    assert [place.index for place in host.journal.state.cursor] == [0]


def test_a_failure_may_be_passed_over(make_host: Callable[[], Host], screen: StringIO) -> None:
    """With on_error: continue the night goes on, with a warning."""
    host = make_host()
    run(host, [{"type": "park", "on_error": "continue"}, PAUSE])
    assert "WARNING night.yaml:8" in screen.getvalue()
    assert host.journal.state.finished


def test_a_stop_says_how_to_go_on(make_host: Callable[[], Host]) -> None:
    """A request to stop ends before the next instruction, whatever its on_error says."""
    host = make_host()
    host.context.cancellation.ask()
    with pytest.raises(Cancelled, match="the same command goes on from here"):
        run(host, [{"type": "park", "on_error": "continue"}])


def breaking(host: Host, error: BaseException) -> None:
    """Let connecting raise something that no driver should."""

    def connect() -> Rig:
        raise error

    host.connect = connect


CONNECT = {"type": "connect_equipment"}


def test_an_unexpected_error_is_told_like_any_other(make_host: Callable[[], Host]) -> None:
    """Whatever a driver or plugin raises, the equipment is made safe, and one line says which, where and why."""
    host = make_host()
    breaking(host, KeyError("DeviceType"))
    with pytest.raises(InstructionFailedError, match=r"\(connect_equipment\): unexpected KeyError: .*; left safe: "):
        run(host, [CONNECT])


def test_an_interrupt_leaves_the_equipment_safe_and_goes_on_its_way(
    make_host: Callable[[], Host], caplog: pytest.LogCaptureFixture
) -> None:
    """The second Ctrl-C ends the instruction at once, not the care for the equipment."""
    host = make_host()
    breaking(host, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(host, [CONNECT])
    assert "interrupted at once; left safe: nothing is connected" in caplog.text


def test_a_time_that_passed_while_the_night_was_interrupted_is_not_awaited_again(
    make_host: Callable[[], Host], power: Any, tmp_path: Path
) -> None:
    """A wait until 22:30 that goes on at 23:00 is over: it does not wait for the next day's 22:30."""
    power.fails_at = 1
    with pytest.raises(BaseException, match=r"^$"):
        run(make_host(), [{"type": "wait_until", "until": {"time": "22:30"}}])
    host = make_host()
    power.clock.set(datetime(2026, 1, 15, 22, 0, tzinfo=UTC))
    run(host, [{"type": "wait_until", "until": {"time": "22:30"}}])
    assert host.clock.now() == datetime(2026, 1, 15, 22, 0, tzinfo=UTC)


def test_the_rest_of_a_pass_may_take_no_time(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """A loop cut off between the last instruction of a pass and the next pass goes on, and is not called endless."""
    host = make_host()
    ends = datetime(2026, 1, 17, 12, 0, tzinfo=UTC)
    host.journal.state.cursor = [Place(index=0, ends=ends), Place(index=2)]
    run(host, [{"type": "loop", "until": {"time": "2026-01-17T12:00:00+00:00"}, "run": [PAUSE, LONGER]}])
    assert host.journal.state.finished


def test_frames_counted_by_a_failed_instruction_are_not_the_next_ones(make_host: Callable[[], Host]) -> None:
    """An instruction that is passed over leaves no count of repeats to the one after it."""
    host = make_host()
    host.journal.state.repeats = 2
    run(host, [{"type": "take_exposure", "exposure_s": 1, "count": 3, "on_error": "continue"}])
    assert host.journal.state.repeats == 0


def test_a_night_with_an_untold_light_is_not_finished(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """What a passed over instruction left in the outbox is delivered before the night counts as done."""
    host = make_host()
    part = tmp_path / ".a.fits.part"
    part.write_bytes(b"pixels")
    host.journal.state.outbox = Outbox(part=part, final=tmp_path / "a.fits")
    run(host, [PAUSE])
    assert (tmp_path / "a.fits").exists()
    assert host.journal.state.outbox is None


def test_a_time_is_shown_as_clocks_at_the_site_show_it(make_host: Callable[[], Host], screen: StringIO) -> None:
    """With its zone, whatever zone the sequence speaks."""
    run(make_host(), [wait("21:30")])
    assert "2026-01-15 22:30 CET" in screen.getvalue()


def test_what_could_not_be_connected_is_not_called_safe(make_host: Callable[[], Host]) -> None:
    """Nobody knows how a mount stands that is listed and does not connect."""
    host = make_host()
    breaking(host, NotConnectedError("telescope", "does not connect", unsafe=("telescope", "flat panel")))
    with pytest.raises(InstructionFailedError, match=r"; NOT left safe: telescope, flat panel could not be connected$"):
        run(host, [CONNECT])


def test_a_loop_goes_on_while_work_remains(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch, screen: StringIO
) -> None:
    """The Scheduler Condition is asked before each pass, and its reason shown."""
    answers = iter([True, True, False])

    def judge(*given: object) -> WorkLeft:
        return WorkLeft(left=next(answers), reason="M 42 can be imaged now")

    monkeypatch.setattr(SchedulerCondition, "judge", judge)
    run(make_host(), [{"type": "loop", "as_long_as": "targets_remain", "run": [PAUSE, LONGER]}])
    assert screen.getvalue().count("== wait_until") == 4
    assert screen.getvalue().count("targets_remain: M 42 can be imaged now") == 3


def test_a_loop_whose_pass_does_nothing_for_the_work_ends(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch, screen: StringIO
) -> None:
    """Work that remains for another night must not turn the loop for ever; what comes after it is done."""
    monkeypatch.setattr(SchedulerCondition, "judge", lambda *given: WorkLeft(left=True, reason="later"))
    host = make_host()
    run(host, [{"type": "loop", "as_long_as": "projects_remain", "run": [wait("16:00")]}, PAUSE])
    assert host.journal.state.finished
    assert "the loop ends, for a pass took no time" in screen.getvalue()
