"""Lights that waited for the end of an earlier night, when a host begins to image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scripted import Script
from short_nights import ShortNight

from hostsim.sequence.host import Host


@pytest.fixture
def night(script: Callable[..., Script], make_host: Callable[[], Host]) -> Callable[..., tuple[Script, list[str]]]:
    """Return what makes a script on a store with a short night, and the statuses of that at each light."""

    def made(short: ShortNight, *steps: str | int) -> tuple[Script, list[str]]:
        def stocked() -> Host:
            host = make_host()
            host.context, host.profile = replace(host.context, store=short.store), short.profile
            return host

        seen: list[str] = []
        begun = script(*steps)
        begun.make_host, begun.on_light = stocked, lambda host: seen.append(short.statuses())
        return begun, seen

    return made


def test_lights_of_an_earlier_night_are_graded_before_anything_is_imaged(
    night: Callable[..., tuple[Script, list[str]]],
) -> None:
    """What is still wanted of their plans is told right."""
    begun, seen = night(ShortNight(begun=datetime(2026, 1, 14, 20, tzinfo=UTC)), "A")
    begun.run()
    assert seen == ["aaaaar"]


def test_a_night_that_is_over_while_the_host_waits_is_settled_then(
    night: Callable[..., tuple[Script, list[str]]],
) -> None:
    """Begun before noon in Chicago, the container waits until an hour after."""
    short = ShortNight("America/Chicago", longitude_deg=-90.0, begun=datetime(2026, 1, 15, 2, tzinfo=UTC))
    begun, seen = night(short, "A", 120, "B")
    begun.run()
    assert seen == ["pppppp", "aaaaar"]


def test_who_does_not_grade_settles_nothing(night: Callable[..., tuple[Script, list[str]]]) -> None:
    """A container without grading leaves lights to whoever grades them."""
    begun, seen = night(ShortNight(begun=datetime(2026, 1, 14, 20, tzinfo=UTC)), "A")
    begun.run(grade=False)
    assert seen == ["pppppp"]
