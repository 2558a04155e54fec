"""A container whose profile leaves it to others to point, on a mount that stands still when it begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted import Script

from hostsim.devices.parts import astrometry
from hostsim.sequence.host import Host
from hostsim.sequence.refocusing import Refocus
from tsplug import Decision, DecisionRequest, SlewCenter, TakeExposure
from tsplug.model import PlannerPreferences


@pytest.fixture
def unpointed(script: Callable[..., Script]) -> Callable[..., Script]:
    """Return what makes a script whose mount stands still, and is said to point so far off its target."""

    def made(*steps: str | int, off: float, transits_in_h: float | None = None) -> Script:
        night = script(*steps)
        make_host, decide, stops = night.make_host, night.decide, iter([False])

        def preferring() -> Host:
            host = make_host()
            planner = PlannerPreferences(slew_and_center=False)
            host.profile = host.profile.model_copy(update={"planner": planner})
            if transits_in_h is not None:
                hours = astrometry.sidereal_hours(host.clock.now(), host.site.longitude_deg) + transits_in_h
                host.journal.state.standing.paused = hours % 24.0, 20.0
            return host

        def decided(request: DecisionRequest) -> Decision:
            night.telescope.tracks = next(stops, night.telescope.tracks)
            night.telescope.off = off
            decision = decide(request)
            if not isinstance(decision, TakeExposure):
                return decision
            steps = tuple(step for step in decision.steps if not isinstance(step, SlewCenter))
            return decision.model_copy(update={"steps": steps})

        night.make_host, night.decide = preferring, decided  # type: ignore[method-assign]
        return night

    return made


def test_what_stood_still_follows_the_sky_before_the_container_focuses(
    unpointed: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stars of a V-curve would be trails, and the night be out of focus."""
    night, seen = unpointed("A", "A", off=0.0, transits_in_h=1.0), list[bool]()
    monkeypatch.setattr(Refocus, "if_due", lambda refocus: seen.append(night.telescope.tracks))
    night.run()
    assert night.done == ["A", "A"]
    assert seen == [True, True]
    assert [each.split()[0] for each in night.telescope.told] == ["slew"]


def test_no_light_of_another_field_goes_by_the_name_of_a_target(unpointed: Callable[..., Script]) -> None:
    """Each target is left out with its reason until somebody points at it, and the night goes on without it."""
    night = unpointed("A", "B", off=7200.0)
    host = night.run()
    assert night.done == []
    assert night.telescope.told == []
    said = [warning for warning in host.warnings if "2.0 degrees beside A" in warning]
    assert [warning.partition("; ")[2] for warning in said] == [
        "A is left out for 30 minutes",
        "A is left out for 30 minutes",
        "A is left out for this night",
    ]
    assert host.journal.state.finished


def test_a_target_that_is_pointed_at_meanwhile_is_imaged(unpointed: Callable[..., Script]) -> None:
    """Whoever points lets the mount follow the sky too."""
    night = unpointed("A", off=7200.0)
    clock_began = night.began

    def pointed(request: Any) -> Any:
        night.telescope.tracks = night.host.clock.now() > clock_began or night.telescope.tracks
        return decide(request)

    decide = night.decide
    night.decide = pointed  # type: ignore[method-assign]
    night.run()
    assert night.done == ["A"]
