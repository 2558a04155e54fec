"""When the Scheduler Container focuses again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from hostsim.equipment.rig import Rig
from hostsim.sequence.focusing import NoFocusFoundError
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.scheduler_container import SchedulerContainer
from hostsim.sequence.refocusing import Refocus, growth_percent
from hostsim.sequence.state import Focus


@pytest.fixture
def focused(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of lights at each focus; the V-curve itself has its own tests."""
    done: list[int] = []

    def autofocus(settings: object, host: Host, **asked: object) -> int:
        done.append(host.journal.state.lights)
        host.journal.state.focus = Focus(moment=host.clock.now(), temperature_c=host.focuser().temperature_c())
        return 0

    monkeypatch.setattr("hostsim.sequence.refocusing.autofocus", autofocus)
    return done


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = make_host()
    focuser = SimpleNamespace(celsius=5.0, temperature_c=lambda: focuser.celsius)
    wheel = SimpleNamespace(current=lambda: "L")
    made.context.devices.rig = Rig(focuser=cast("Any", focuser), wheel=cast("Any", wheel))
    return made


def a_while(host: Host, what: str) -> None:
    """Let happen what asks for a focus."""
    state = host.journal.state
    assert state.focus is not None
    if what == "time":
        host.clock.sleep(7200.0)
    elif what == "temperature":
        cast("Any", host.focuser()).celsius = 2.5
    elif what == "exposures":
        state.lights += 5
    elif what == "growth":
        state.focus.hfr_px = {"L": [2.0, 2.0, 2.1, 2.4, 2.5, 2.6]}
    elif what == "growth in another filter":
        state.focus.hfr_px = {"Ha": [2.0, 2.0, 2.1, 2.4, 2.5, 2.6]}


@pytest.mark.parametrize(
    ("what", "again"),
    [
        ("nothing", False),
        ("time", True),
        ("temperature", True),
        ("exposures", True),
        ("growth", True),
        ("growth in another filter", False),
    ],
)
def test_a_new_focus_is_found_when_one_of_its_reasons_holds(
    host: Host, focused: list[int], what: str, again: bool
) -> None:
    """The first light needs one in any case; each reason alone is enough later."""
    refocus = Refocus(host, SchedulerContainer(autofocus_every_exposures=5, autofocus_hfr_percent=20))
    refocus.if_due()
    a_while(host, what)
    refocus.if_due()
    refocus.if_due()
    assert len(focused) == 1 + again


@pytest.mark.parametrize("fields", [{"autofocus": False}, {"autofocus_every_min": 0, "autofocus_every_c": 0}])
def test_what_is_off_asks_for_nothing(host: Host, focused: list[int], fields: dict[str, Any]) -> None:
    """Every reason can be switched off, and all of them together."""
    refocus = Refocus(host, SchedulerContainer(**fields))
    refocus.if_due()
    host.journal.state.focus = Focus(moment=host.clock.now(), temperature_c=5.0)
    for what in ("time", "temperature", "exposures", "growth"):
        a_while(host, what)
    refocus.if_due()
    assert len(focused) == fields.get("autofocus", True)


def test_a_focus_that_is_not_found_is_tried_again_no_sooner(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cloud must not end the night: it goes on at the old focus, and counts as focused."""

    def fail(settings: object, host: Host, **asked: object) -> int:
        raise NoFocusFoundError("focuser", "no stars")

    monkeypatch.setattr("hostsim.sequence.refocusing.autofocus", fail)
    host.journal.state.lights = 7
    Refocus(host, SchedulerContainer()).if_due()
    assert host.journal.state.focus is not None
    assert host.journal.state.focus.lights == 7


@pytest.mark.parametrize(
    ("sizes", "percent"),
    [([2.0, 2.0, 4.0], None), ([2.0, 2.0, 2.0, 9.0], 0.0), ([2.0, 2.0, 2.0, 2.4, 3.0, 3.0], 50.0)],
)
def test_growth_is_that_of_medians(sizes: list[float], percent: float | None) -> None:
    """One light spoilt by wind decides nothing."""
    assert growth_percent(sizes) == (None if percent is None else pytest.approx(percent))


def test_lights_are_measured_only_where_that_matters(host: Host) -> None:
    """Stars of a light are noted by filter; a light without stars says nothing."""
    host.journal.state.focus = Focus(moment=host.clock.now())
    rows, columns = np.mgrid[:200, :200]
    noise = np.random.default_rng(1).normal(1000.0, 5.0, (200, 200))
    spots = sum(
        20_000.0 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 8.0) for x in (40, 100, 160) for y in (40, 100, 160)
    )
    light = (noise + spots).astype(np.uint16)
    Refocus(host, SchedulerContainer()).look(light)
    assert host.journal.state.focus.hfr_px == {}
    watchful = Refocus(host, SchedulerContainer(autofocus_hfr_percent=20))
    watchful.look(light)
    watchful.look(np.full((200, 200), 1000, np.uint16) + (np.indices((200, 200)).sum(0) % 7).astype(np.uint16))
    assert host.journal.state.focus.hfr_px == {"L": [pytest.approx(2.36, abs=0.2)]}
