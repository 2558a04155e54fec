"""Real equipment after a kill amid the instructions of an event: nothing of a list is skipped, nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted import Script, pausing

from hostsim.night.resume import take_up

# Each event has two instructions: a whole list is tens, then the same with one.
EVENTS = {
    "before_wait": [pausing(10), pausing(11)],
    "after_wait": [pausing(12), pausing(13)],
    "before_target": [pausing(20), pausing(21)],
    "after_exposure": [pausing(30), pausing(31)],
    "after_target": [pausing(40), pausing(41)],
    "after_each_target": [pausing(50), pausing(51)],
    "after_night": [pausing(54), pausing(55)],
}
SLEEPS = 50


@pytest.fixture
def night(script: Callable[..., Script]) -> Script:
    return script("A", 30, "A", "B")


@pytest.mark.parametrize("fails_at", range(1, SLEEPS))
def test_no_list_is_skipped_or_begun_amid(night: Script, power: Any, fails_at: int) -> None:
    """What comes before a target's first exposure comes anew when the target has been pointed at; all else once."""
    power.fails_at = fails_at
    with pytest.raises(BaseException, match=r"^$"):
        night.run(events=EVENTS)
    before = len(night.done)
    made, night.make_host = night.make_host, lambda: taken_up(made())
    night.run(events=EVENTS)
    done = night.done
    assert [each for each in done if isinstance(each, str)] == ["A", "A", "B"]
    # The telescope may have been moved: the target is pointed at before its list.
    assert done[before] != 21
    for place, each in enumerate(done):
        if isinstance(each, int) and each % 2 == 1:
            assert done[place - 1] == each - 1, done
        elif isinstance(each, int) and each != 20:
            assert done[place + 1] == each + 1, done
    for light in (place for place, each in enumerate(done) if isinstance(each, str)):
        assert done[light + 1 : light + 3] == [30, 31], done
    # Each time that a target is imaged anew, its list has run to its end just before.
    for place, each in enumerate(done):
        if isinstance(each, str):
            assert done[place - 1] == 21, done
    assert done.count(54) == 1


def taken_up(host: Any) -> Any:
    """Return a host that has taken up its night on equipment which may have been moved meanwhile."""
    take_up(host)
    return host


def test_the_power_is_cut_in_the_whole_night(night: Script, power: Any) -> None:
    """The night above has about as many sleeps as the power is cut in."""
    night.run(events=EVENTS)
    assert SLEEPS <= power.sleeps <= SLEEPS + 10
