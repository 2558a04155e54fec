"""The safety monitor."""

from __future__ import annotations

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import NotConnectedError
from hostsim.devices.safetymonitor import SafetyMonitor, SafetyMonitorConfig


def test_it_says_what_it_was_told(observatory: Observatory) -> None:
    """Safe at first, unsafe when somebody says so, and a snapshot remembers it."""
    monitor = observatory.device(SafetyMonitor)
    assert monitor.is_safe()
    monitor.set_safe(False)
    saved = monitor.snapshot()
    monitor.set_safe(True)
    monitor.restore(saved)
    assert not monitor.is_safe()


def test_without_a_connection_it_says_nothing(clock: SimulatedClock) -> None:
    """A client that is not connected gets an error, never a promise."""
    monitor = SafetyMonitor(SafetyMonitorConfig(safe=False), clock)
    with pytest.raises(NotConnectedError):
        monitor.perform(monitor.members.gets["issafe"])
    monitor.set_connected(True)
    assert monitor.perform(monitor.members.gets["issafe"]) is False
