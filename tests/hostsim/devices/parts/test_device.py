"""What every device does: connections, versions, and values that are no numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.filterwheel import FilterWheel, FilterWheelConfig
from hostsim.devices.parts.errors import InvalidOperationError, InvalidValueError, NotConnectedError
from hostsim.devices.rotator import Rotator, RotatorConfig

CLOCK = SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize("name", ["connect", "disconnect", "connecting", "devicestate"])
def test_an_older_interface_lacks_the_members_of_platform_7(name: str) -> None:
    """They are refused as OmniSim refuses them, and Connected still connects."""
    wheel = FilterWheel(FilterWheelConfig(interface_version=2), CLOCK)
    wheel.set_connected(True)
    member = wheel.members.gets.get(name) or wheel.members.puts[name]
    with pytest.raises(InvalidOperationError, match="interface version 2"):
        wheel.perform(member)
    assert (wheel.get_interface_version(), wheel.connected()) == (2, True)


def test_a_device_may_answer_anybody() -> None:
    """Connections are asked for only by devices that are configured to."""
    wheel = FilterWheel(FilterWheelConfig(), CLOCK)
    with pytest.raises(NotConnectedError):
        wheel.perform(wheel.members.gets["position"])
    open_wheel = FilterWheel(FilterWheelConfig(checks_connection=False), CLOCK)
    assert open_wheel.perform(open_wheel.members.gets["position"]) == 0


def test_strings_are_configured() -> None:
    """Name, description and driver are what the configuration says."""
    settings: dict[str, Any] = {"name": "A", "description": "B", "driver_info": "C", "driver_version": "2.5"}
    wheel = FilterWheel(FilterWheelConfig(**settings), CLOCK)
    assert [wheel.name(), wheel.description(), wheel.driver_info(), wheel.driver_version()] == list(settings.values())


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_has_to_be_finite(value: float) -> None:
    """What is no number never reaches a device's state."""
    rotator = Rotator(RotatorConfig(), CLOCK)
    rotator.set_connected(True)
    with pytest.raises(InvalidValueError, match="Position must be a finite number"):
        rotator.perform(rotator.members.puts["sync"], value)
