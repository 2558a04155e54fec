"""The focuser."""

from __future__ import annotations

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.focuser import FocuserConfig
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
    with pytest.raises(ValueError, match="beyond its last step 100"):
        FocuserConfig(max_step=100, start_step=200)
