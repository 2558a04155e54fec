"""The board: when faults begin and end, how often they happen, and that a restart changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.observatory import Observatory, make_observatory
from hostsim.faults.cooler_fails import CoolerFails
from hostsim.faults.device_disconnects import DeviceDisconnects
from hostsim.faults.http_error import HttpError
from hostsim.faults.parts.board import FaultBoard, board_of
from hostsim.faults.parts.fault import Fault
from hostsim.faults.unsafe import Unsafe
from hostsim.faults.wheel_stuck import WheelStuck

Pass = Callable[[float], None]


def states(board: FaultBoard) -> list[str]:
    """Return the state of every fault on a board."""
    return [entry.shown()["state"] for entry in board.entries]


def test_faults_begin_and_end_at_their_moments(observatory: Observatory, clock: SimulatedClock, let_pass: Pass) -> None:
    """By delay, by moment, at once, and for ever."""
    moment = clock.now() + timedelta(seconds=20)
    board = FaultBoard(observatory, [Unsafe(after_s=10, for_s=15), Unsafe(at=moment), Unsafe()])
    assert states(board) == ["waiting", "waiting", "active"]
    let_pass(10)
    assert states(board) == ["active", "waiting", "active"]
    let_pass(10)
    assert states(board) == ["active", "active", "active"]
    let_pass(10)
    assert states(board) == ["over", "active", "active"]


def test_the_start_of_the_night_may_lie_behind(observatory: Observatory, clock: SimulatedClock) -> None:
    """A board put up later counts from when the night began."""
    board = FaultBoard(observatory, [Unsafe(after_s=60)], began=clock.now() - timedelta(seconds=61))
    assert states(board) == ["active"]


def test_a_fault_of_nothing_is_refused(observatory: Observatory) -> None:
    """A device that is not there is named."""
    with pytest.raises(LookupError, match="there is no filterwheel 3 for the fault wheel_stuck"):
        FaultBoard(observatory, [WheelStuck(number=3)])
    with pytest.raises(LookupError, match="there is no camera 1 for the fault http_error"):
        board_of(observatory).add(HttpError(device="camera", number=1))


def test_answers_are_counted(observatory: Observatory) -> None:
    """The first n requests for the member are hit, requests for others are not."""
    board = FaultBoard(observatory, [HttpError(device="camera", member="ImageReady", times=2)])
    camera, rotator = observatory.camera, observatory.rotator
    assert board.answering(rotator, "ImageReady") is None
    assert board.answering(camera, "CameraState") is None
    hits = [board.answering(camera, "imageready") is not None for _ in range(4)]
    assert hits == [True, True, False, False]
    assert board.entries[0].shown()["used"] == 2


def test_live_faults_count_from_now_and_are_cleared_by_id(observatory: Observatory, let_pass: Pass) -> None:
    """One is cleared before it began, one while it is active; a third is left."""
    board = board_of(observatory)
    let_pass(100)
    late, now = board.add(Unsafe(after_s=5)), board.add(WheelStuck())
    board.add(CoolerFails())
    assert (late.id, now.id) == (1, 2)
    assert [board.clear(1), board.clear(2), board.clear(7)] == [1, 1, 0]
    let_pass(10)
    assert states(board) == ["over", "over", "active"]
    assert board_of(observatory) is board


def test_a_restart_changes_nothing(observatory: Observatory, clock: SimulatedClock, let_pass: Pass) -> None:
    """What was used up, begun, cleared and added live is so in another process, with the devices as they were."""
    schedule: list[Fault] = [
        HttpError(device="camera", times=2),
        WheelStuck(after_s=10, for_s=30),
        DeviceDisconnects(device="rotator", after_s=5),
    ]
    board = FaultBoard(observatory, schedule)
    board.answering(observatory.camera, "gain")
    let_pass(12)
    board.clear(3)
    board.add(Unsafe(for_s=50))
    kept = json.loads(json.dumps(observatory.snapshot()))
    other = make_observatory(ObservatoryConfig(), clock, seed=1)
    again = FaultBoard(other, schedule, began=clock.now() - timedelta(seconds=12))
    other.restore(kept)
    assert [entry.shown() for entry in again.entries] == [entry.shown() for entry in board.entries]
    for each in (observatory, other):
        clock_now = clock.now()
        each.filterwheel.set_position(1)
        clock.sleep(20)
        each.advance()
        assert each.filterwheel.position() == -1
        clock.sleep(10)
        each.advance()
        assert each.filterwheel.position() == 1
        clock.set(clock_now)
    assert again.answering(other.camera, "gain") is not None
    assert again.answering(other.camera, "gain") is None


def test_a_state_of_another_schedule_is_refused(observatory: Observatory) -> None:
    """A fault that the schedule does not hold is an error, not a guess."""
    board = FaultBoard(observatory, [Unsafe()])
    with pytest.raises(ValueError, match="another schedule"):
        board.restore([{"id": 5, "begun": True, "over": False, "used": 0}])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.5, 40), min_size=1, max_size=12))
def test_how_time_is_cut_changes_nothing(steps: list[float]) -> None:
    """One jump and many small steps leave the same devices."""
    snapshots = []
    for cut in (steps, [sum(steps)]):
        clock = SimulatedClock(datetime(2026, 1, 15, 20, tzinfo=UTC))
        observatory = make_observatory(ObservatoryConfig(), clock, seed=1)
        FaultBoard(observatory, [CoolerFails(after_s=30, for_s=40), WheelStuck(after_s=1, for_s=60)])
        observatory.camera.set_cooler_on(True)
        observatory.filterwheel.set_position(3)
        for seconds in cut:
            clock.sleep(seconds)
            observatory.advance()
        wheel, cooler = observatory.filterwheel.state, observatory.camera.state.cooler
        snapshots.append((round(wheel.moving_s, 3), cooler.sensor_c is None))
    assert snapshots[0] == snapshots[1]
