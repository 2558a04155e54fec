"""What becomes of a target that cannot be centered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from scripted import Script

from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.host import Host


def test_a_target_that_cannot_be_centered_is_left_out_for_a_while(
    script: Callable[..., Script], screen: StringIO
) -> None:
    """Others are imaged first; then the night waits until it is tried again."""
    night = script("A", "B")
    night.misses = {0.0: 1}
    host = night.run(centering={"skip_min": 45})
    assert night.done == ["B", "A"]
    assert host.clock.now() - night.began > timedelta(minutes=45)
    assert "is 90 arcsec off; A is left out for 45 minutes" in screen.getvalue()


def test_a_target_that_cannot_be_centered_three_times_is_left_out_for_the_night(
    script: Callable[..., Script], screen: StringIO
) -> None:
    """The night does not wait for it for ever."""
    night = script("A", "B")
    night.misses = {0.0: 9}
    host = night.run()
    assert night.done == ["B"]
    assert "A is left out for this night" in screen.getvalue()
    assert host.clock.now() - night.began < timedelta(minutes=90)


def test_a_wait_that_is_shorter_comes_first(script: Callable[..., Script]) -> None:
    """Waiting for a target that rises is not prolonged by one that is left out."""
    night = script("A", 20, "B")
    night.misses = {0.0: 1}
    night.run()
    assert night.done == ["B", "A"]


def test_the_sequence_may_expose_all_the_same(script: Callable[..., Script], screen: StringIO) -> None:
    """With `continue` a warning is all that comes of it."""
    night = script("A", "B")
    night.misses = {0.0: 1}
    night.run(centering={"when_failed": "continue"})
    assert night.done == ["A", "B"]
    assert "A is exposed all the same" in screen.getvalue()


def test_the_sequence_may_stop(script: Callable[..., Script]) -> None:
    """With `stop` the container fails."""
    night = script("A", "B")
    night.misses = {0.0: 1}
    with pytest.raises(InstructionFailedError, match=r"is 90 arcsec off; left safe"):
        night.run(centering={"when_failed": "stop"})
    assert night.done == []


@pytest.mark.parametrize(("when_failed", "done"), [("skip_target", ["A", "B", "A"]), ("continue", ["A", "A", "B"])])
def test_a_target_that_cannot_be_centered_after_the_flip_is_no_other(
    script: Callable[..., Script], screen: StringIO, when_failed: str, done: list[str]
) -> None:
    """On the other side of the pier the same is done as on this one."""
    night = script("A", "A", "B")

    def flip_is_due(host: Host) -> None:
        night.telescope.wrong = night.done == ["A"]
        night.misses[0.0] = 1

    night.on_light = flip_is_due
    night.run(centering={"when_failed": when_failed})
    assert night.done == done
    assert "has passed the meridian: flipping" in screen.getvalue()


def test_it_is_said_once_that_only_the_mount_is_asked(script: Callable[..., Script], screen: StringIO) -> None:
    """Its report is all there is where no solving is asked for."""
    script("A", "B").run()
    assert screen.getvalue().count("centering by what the mount reports") == 1
