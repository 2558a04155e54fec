"""A simulated observatory, a clock for it, and what lets time pass there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.observatory import Observatory, make_observatory

BEGAN = datetime(2026, 1, 15, 20, tzinfo=UTC)
Pass = Callable[[float], None]


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(BEGAN)


@pytest.fixture
def observatory(clock: SimulatedClock) -> Observatory:
    made = make_observatory(ObservatoryConfig(), clock, seed=1)
    for device in made.devices:
        device.set_connected(True)
    return made


@pytest.fixture
def let_pass(observatory: Observatory, clock: SimulatedClock) -> Pass:
    """Let seconds pass for the whole observatory."""

    def passing(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return passing
