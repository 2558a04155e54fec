"""The filter wheel."""

from __future__ import annotations

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import InvalidOperationError, InvalidValueError


def test_the_wheel_turns_the_short_way(observatory: Observatory, clock: SimulatedClock) -> None:
    """From slot 0 to 6 of seven is one slot, hence one second, during which Position is -1."""
    wheel = observatory.filterwheel
    wheel.set_position(6)
    assert wheel.position() == -1
    clock.sleep(0.9)
    observatory.advance()
    assert wheel.position() == -1
    clock.sleep(0.2)
    observatory.advance()
    assert wheel.position() == 6
    assert wheel.filter_name == "SII"


def test_the_current_slot_is_no_move(observatory: Observatory) -> None:
    """Setting the slot the wheel is at leaves it there."""
    observatory.filterwheel.set_position(0)
    assert observatory.filterwheel.position() == 0


@pytest.mark.parametrize("slot", [-1, 7])
def test_a_slot_that_does_not_exist_is_refused(observatory: Observatory, slot: int) -> None:
    """Slots are 0 to 6."""
    with pytest.raises(InvalidValueError, match="0 to 6"):
        observatory.filterwheel.set_position(slot)


def test_a_turning_wheel_takes_no_other_order(observatory: Observatory) -> None:
    """A second move waits for the first."""
    observatory.filterwheel.set_position(3)
    with pytest.raises(InvalidOperationError, match="turning"):
        observatory.filterwheel.set_position(1)


def test_filters_and_offsets_go_together() -> None:
    """A configuration with an offset missing, or a nameless filter, is refused."""
    with pytest.raises(ValueError, match="2 filters, but 1 focus offsets"):
        FilterWheelConfig(filters=("L", "R"), focus_offsets_steps=(0,))
    with pytest.raises(ValueError, match="at least 1 character"):
        FilterWheelConfig(filters=("L", ""), focus_offsets_steps=(0, 0))
