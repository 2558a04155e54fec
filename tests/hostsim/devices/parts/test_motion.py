"""One axis moving at constant speed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.devices.parts.motion import LinearMotion

TIMES = st.lists(st.floats(0, 20), min_size=1, max_size=20)


@given(st.floats(-100, 100), st.floats(-100, 100), TIMES)
def test_how_time_is_cut_changes_nothing(start: float, target: float, times: list[float]) -> None:
    """Many small steps end where one big step does."""
    small, big = (LinearMotion(position=start, target=start) for _ in range(2))
    for motion in (small, big):
        motion.start(target, settle_s=1.0)
    for seconds in times:
        small.advance(seconds, speed=3.0)
    big.advance(sum(times), speed=3.0)
    assert small.position == pytest.approx(big.position, abs=1e-9)


def test_settling_counts_as_moving() -> None:
    """A motion at its target moves until it has settled."""
    motion = LinearMotion(position=0, target=0)
    motion.start(10, settle_s=2)
    motion.advance(6, speed=2)
    assert motion.position == 10
    assert motion.moving
    motion.advance(1, speed=2)
    assert not motion.moving


def test_going_nowhere_takes_no_time() -> None:
    """A move to where the axis stands is done at once."""
    motion = LinearMotion(position=5, target=5)
    motion.start(5, settle_s=2)
    assert not motion.moving
