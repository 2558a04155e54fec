"""Stopping when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hostsim.clock import SimulatedClock
from hostsim.sequence.stopping import StopRequest, WatchfulClock
from tsplug import Cancelled

START = datetime(2026, 1, 15, tzinfo=UTC)


def test_a_sleep_ends_when_a_stop_is_asked_for() -> None:
    """A watchful clock raises instead of sleeping on; put off, it sleeps on."""
    stop = StopRequest()
    clock = WatchfulClock(SimulatedClock(START), stop)
    clock.sleep(60)
    assert clock.now() == START + timedelta(seconds=60)
    stop.ask()
    with pytest.raises(Cancelled):
        clock.sleep(60)
    with stop.put_off():
        clock.sleep(60)
    assert clock.now() == START + timedelta(seconds=120)
    with pytest.raises(Cancelled):
        clock.sleep(60)


def test_slices_add_up() -> None:
    """A scaled clock sleeps in slices that together last as long as asked."""
    simulated = SimulatedClock(START, speed=10_000.0)
    WatchfulClock(simulated, StopRequest()).sleep(7_000)
    assert (simulated.now() - START).total_seconds() >= 7_000
