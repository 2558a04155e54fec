"""Walking the tree of a sequence: order, place, resuming, failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from hostsim.sequence.document import Sequence
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.host import Host
from hostsim.sequence.journal import load_state
from hostsim.sequence.runner import Runner
from tsplug import Cancelled


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


@pytest.mark.parametrize("fails_at", range(1, 9))
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
    assert power.sleeps == 8 + 1


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
        match=r"^night.yaml:8: run\[0\] \(park\): telescope: there is none.*; left safe: nothing was connected$",
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
