"""The focuser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.focuser import Focuser, FocuserConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError


def test_a_move_takes_its_time(observatory: Observatory, clock: SimulatedClock) -> None:
    """A thousand steps at 500 a second and half a second of settling are done after 2.5 s, half after one."""
    focuser = observatory.focuser
    focuser.move(26_000)
    assert focuser.is_moving()
    clock.sleep(1)
    observatory.advance()
    assert focuser.position() == 25_500
    clock.sleep(1.4)
    observatory.advance()
    assert (focuser.position(), focuser.is_moving()) == (26_000, True)
    clock.sleep(0.2)
    observatory.advance()
    assert not focuser.is_moving()


def test_halt_stops_between(observatory: Observatory, clock: SimulatedClock) -> None:
    """A halted focuser stays at a whole step on its way."""
    observatory.focuser.move(0)
    clock.sleep(1)
    observatory.advance()
    observatory.focuser.halt()
    assert (observatory.focuser.position(), observatory.focuser.is_moving()) == (24_500, False)


@pytest.mark.parametrize("position", [-1, 50_001])
def test_a_move_out_of_range_is_refused(observatory: Observatory, position: int) -> None:
    """The range is 0 to 50000 steps."""
    with pytest.raises(InvalidValueError):
        observatory.focuser.move(position)
    assert not observatory.focuser.is_moving()


def test_there_is_no_temperature_compensation(observatory: Observatory) -> None:
    """Compensation is neither there nor to be switched on; the temperature is that of the air."""
    assert not observatory.focuser.temp_comp_available()
    with pytest.raises(NotSupportedError):
        observatory.focuser.set_temp_comp(True)
    assert observatory.focuser.temperature() == 10.0


def test_a_start_out_of_range_is_refused() -> None:
    """A focuser cannot start beyond its last step."""
    with pytest.raises(ValueError, match="from 0 to max_step, 100, not 200"):
        FocuserConfig(max_step=100, start_step=200)


def made(air_c: list[float], **settings: Any) -> Focuser:
    clock = SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))
    return Focuser(FocuserConfig(**settings), clock, ambient_c=lambda: air_c[0])


def test_a_compensating_focuser_follows_the_temperature() -> None:
    """It moves by the steps of each degree from where it was put, moves included, until it is switched off."""
    air_c = [10.0]
    focuser = made(air_c, temp_comp_available=True, steps_per_c=-10.0)
    focuser.set_temp_comp(True)
    air_c[0] = 7.0
    focuser.advance(60)
    assert (focuser.temp_comp(), focuser.position(), focuser.is_moving()) == (True, 25_030, False)
    focuser.move(26_000)
    assert focuser.is_moving()
    focuser.advance(60)
    air_c[0] = 5.0
    focuser.advance(1)
    assert focuser.position() == 26_020
    focuser.set_temp_comp(False)
    air_c[0] = 0.0
    focuser.advance(60)
    assert focuser.position() == 26_020


def test_a_relative_focuser_moves_by_steps_and_does_not_tell_where_it_is() -> None:
    """Moves are limited by MaxIncrement, and end within the range."""
    focuser = made([10.0], absolute=False, max_increment=1000, start_step=500)
    assert (focuser.absolute(), focuser.max_increment()) == (False, 1000)
    with pytest.raises(NotSupportedError):
        focuser.position()
    focuser.move(-1000)
    assert focuser.is_moving()
    focuser.advance(10)
    assert (focuser.steps(), focuser.is_moving()) == (0, False)
    with pytest.raises(InvalidValueError):
        focuser.move(1001)


@pytest.mark.parametrize(("asked", "end"), [(-5, 0), (60_000, 50_000)])
def test_a_clamping_focuser_ends_at_the_end(asked: int, end: int) -> None:
    """What is out of range moves to the nearest end instead of being refused."""
    focuser = made([10.0], clamps=True)
    focuser.move(asked)
    focuser.advance(600)
    assert focuser.position() == end


def test_optional_members_may_be_absent() -> None:
    """Halt, StepSize and Temperature are not supported by a simple focuser."""
    focuser = made([10.0], can_halt=False, step_um=None, has_temperature=False)
    for refused in (focuser.halt, focuser.step_size, focuser.temperature):
        with pytest.raises(NotSupportedError):
            refused()
