"""The rotator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError
from hostsim.devices.rotator import Rotator, RotatorConfig

ANGLES = st.integers(0, 35_999).map(lambda hundredths: hundredths / 100)


def fresh_rotator() -> Rotator:
    return Rotator(RotatorConfig(), SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC)))


def test_a_move_takes_the_short_way_and_its_time(observatory: Observatory, clock: SimulatedClock) -> None:
    """From 0 to 300 degrees is 60 degrees backwards, ten seconds and some settling."""
    rotator = observatory.rotator
    rotator.move_mechanical(300)
    assert rotator.is_moving()
    assert rotator.target_position() == 300
    clock.sleep(5)
    observatory.advance()
    assert rotator.mechanical_position() == pytest.approx(330)
    clock.sleep(6)
    observatory.advance()
    assert (rotator.mechanical_position(), rotator.is_moving()) == (300, False)


def test_sync_changes_the_sky_angle_only(observatory: Observatory) -> None:
    """After a sync Position is what was said; the mechanics stand where they stood."""
    observatory.rotator.sync(-8.3)
    assert observatory.rotator.position() == pytest.approx(351.7)
    assert observatory.rotator.mechanical_position() == 0


@pytest.mark.parametrize("angle", [-0.01, 360.0, 405.0])
def test_angles_outside_the_circle_are_refused(observatory: Observatory, angle: float) -> None:
    """Absolute and mechanical moves take 0 up to 360 degrees."""
    with pytest.raises(InvalidValueError):
        observatory.rotator.move_absolute(angle)
    with pytest.raises(InvalidValueError):
        observatory.rotator.move_mechanical(angle)


def test_a_relative_move_of_a_turn_is_refused(observatory: Observatory) -> None:
    """Relative moves are less than a turn."""
    with pytest.raises(InvalidValueError):
        observatory.rotator.move(375)


def test_halt_stops_between(observatory: Observatory, clock: SimulatedClock) -> None:
    """A halted rotator stays where it is."""
    observatory.rotator.move_mechanical(90)
    clock.sleep(5)
    observatory.advance()
    observatory.rotator.halt()
    assert not observatory.rotator.is_moving()
    assert observatory.rotator.mechanical_position() == pytest.approx(30)


@given(start=ANGLES, sync=ANGLES, goal=ANGLES, reverse=st.booleans())
def test_an_absolute_move_ends_at_its_angle(start: float, sync: float, goal: float, reverse: bool) -> None:
    """Whatever mechanics, sync and sense, Position becomes the angle asked for, and TargetPosition foretells it."""
    rotator = fresh_rotator()
    rotator.move_mechanical(start)
    rotator.advance(100)
    rotator.set_reverse(reverse)
    rotator.sync(sync)
    rotator.move_absolute(goal)
    target = rotator.target_position()
    rotator.advance(100)
    assert not rotator.is_moving()
    assert rotator.position() == pytest.approx(target, abs=1e-6)
    assert abs((rotator.position() - goal + 180) % 360 - 180) <= 0.01
    assert 0 <= rotator.mechanical_position() < 360


@given(start=ANGLES, turn=st.floats(-350, 350), reverse=st.booleans())
def test_a_relative_move_turns_the_sky_angle(start: float, turn: float, reverse: bool) -> None:
    """Move adds to Position in either sense."""
    rotator = fresh_rotator()
    rotator.move_mechanical(start)
    rotator.advance(100)
    rotator.set_reverse(reverse)
    before = rotator.position()
    rotator.move(turn)
    rotator.advance(100)
    assert abs((rotator.position() - before - turn + 180) % 360 - 180) <= 0.01


def test_reversing_keeps_the_sky_angle() -> None:
    """The sense changes without a jump of Position."""
    rotator = fresh_rotator()
    rotator.move_mechanical(77)
    rotator.advance(100)
    rotator.set_reverse(True)
    assert rotator.reverse()
    assert rotator.position() == pytest.approx(77)


def test_a_rotator_without_steps_stops_at_any_angle() -> None:
    """What it says of its step is not what it does; one may say nothing and not halt."""
    rotator = Rotator(
        RotatorConfig(step_deg=0.75, stepped=False, can_halt=False), SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))
    )
    rotator.move_mechanical(10.1)
    rotator.advance(10)
    assert (rotator.mechanical_position(), rotator.step_size()) == (10.1, 0.75)
    with pytest.raises(NotSupportedError):
        rotator.halt()
    silent = Rotator(RotatorConfig(tells_step=False), SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    with pytest.raises(NotSupportedError):
        silent.step_size()
