"""Lights that waited for the end of an earlier night, when a host begins to image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scripted import Script
from short_nights import ShortNight

from hostsim.sequence import delivery
from hostsim.sequence.host import Host
from tsplug import StoreUnavailableError
from tsplug.instructions import SchedulerContainer


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


@pytest.mark.parametrize("asks", ["plans_that_waited", "grade"])
def test_a_store_that_is_away_is_waited_for_before_earlier_nights_are_settled(
    night: Callable[..., tuple[Script, list[str]]], monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    """Each plan would wait for its lock otherwise, while nobody looks at weather and meridian."""
    begun, seen = night(ShortNight(begun=datetime(2026, 1, 14, 20, tzinfo=UTC)), "A")
    holder, name = (SchedulerContainer, asks) if asks == "plans_that_waited" else (delivery, "request_grades")
    asked, looks = getattr(holder, name), iter([True, True])

    def look(*given: Any, **more: Any) -> Any:
        if next(looks, False):
            raise StoreUnavailableError("locked by another program")
        return asked(*given, **more)

    monkeypatch.setattr(holder, name, look)
    host = begun.run()
    assert seen == ["aaaaar"]
    assert [said for said in host.warnings if "ungraded" in said] == []
    assert sum("waiting for the store" in said for said in host.warnings) == 1
