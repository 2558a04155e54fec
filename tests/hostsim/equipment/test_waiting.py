"""Waiting for a device: how often it is looked at, how late its end is seen, and when patience ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.equipment.waiting import Patience, wait_until
from tsplug import DeviceError
from tsplug.testing import ManualClock

PATIENCE = Patience(timeout_s=300.0, poll_s=0.5)


@given(st.floats(min_value=0.0, max_value=300.0))
def test_an_end_is_seen_a_little_late_at_most(takes_s: float) -> None:
    """What takes any time within the limit is seen to be over one look, or 5 % of that time, later at most."""
    clock = ManualClock()
    began = clock.now()
    ready = began + timedelta(seconds=takes_s)
    wait_until(lambda: clock.now() >= ready, clock, device="rotator", doing="turning", patience=PATIENCE)
    assert (clock.now() - began).total_seconds() <= takes_s + max(0.5, 0.05 * takes_s) + 1e-6


def test_a_stuck_device_is_given_up_in_time_after_few_looks() -> None:
    """A device that never ends is told by its name once the limit is over; a hundred looks are enough for that."""
    clock, looks = ManualClock(), []
    began = clock.now()
    with pytest.raises(DeviceError, match="rotator: still turning after 300 s: look at the device"):
        wait_until(lambda: bool(looks.append(0)), clock, device="rotator", doing="turning", patience=PATIENCE)
    assert 300.0 <= (clock.now() - began).total_seconds() < 301.0
    assert 30 < len(looks) < 120
