"""What is begun, what is waited for, and what ends a night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tsplug.model import NothingLeft, Overheads, PlannerPreferences, TakeExposure, WaitUntil
from tsplug.planning import Candidate
from tsplug.planning.decide import decide


def ask(make: Any, now: datetime, *candidates: Candidate, **fields: Any) -> Any:
    return decide(make.situation(now, candidates, **fields), candidates)


@pytest.mark.parametrize(("window_min", "minutes"), [(15, 30), (30, 60), (5, 10)])
def test_a_window_as_long_as_the_minimum_time_is_used(window_min: int, minutes: int, make: Any) -> None:
    """Samples of half an hour span 29 minutes: the window is waited for, and used by a host that comes late."""
    project = make.project(meridian_window_min=window_min, minimum_time_min=minutes)
    candidate = make.candidate(make.plan(desired=100, exposure_s=60), project=project)
    wait = ask(make, make.utc(16), candidate)
    assert isinstance(wait, WaitUntil)
    for late_s in (0, 1, 55):
        assert isinstance(ask(make, wait.until + timedelta(seconds=late_s), candidate), TakeExposure)
    assert isinstance(ask(make, wait.until + timedelta(minutes=3), candidate), NothingLeft)


def test_a_window_far_shorter_than_the_minimum_time_is_not_used(make: Any) -> None:
    """Three minutes less are too few."""
    candidate = make.candidate(project=make.project(meridian_window_min=15, minimum_time_min=33))
    assert isinstance(ask(make, make.utc(16), candidate), NothingLeft)


@pytest.mark.parametrize("explain", [False, True])
def test_what_does_not_fit_behind_a_dither_is_not_begun_anew(explain: bool, make: Any) -> None:
    """Five minutes before the end the present target, due to be dithered, is over: nobody waits for now."""
    planner = PlannerPreferences(exposure_throttle_percent=100, overheads=Overheads(dither_s=30))
    rig = make.profile().model_copy(update={"planner": planner})
    project = make.project(dither_every=1, minimum_time_min=5, meridian_window_min=60)
    candidate = make.candidate(make.plan(desired=100, exposure_s=300), project=project)
    ends = ask(make, make.utc(20), candidate, profile=rig).until
    told = {"current_target_guid": "m31", "current_filter": "L", "since_dither": ("L",), "explain": explain}
    over = ask(make, ends - timedelta(minutes=5), candidate, profile=rig, **told)
    assert isinstance(over, NothingLeft)
    damp = {**told, "weather": {"humidity": 95.0}}
    wet = make.candidate(
        make.plan(desired=100, exposure_s=300, template={"maximum_humidity_percent": 80}), project=project
    )
    dry = rig.model_copy(update={"planner": planner.model_copy(update={"stop_on_humidity": False})})
    later = ask(make, ends - timedelta(minutes=40), wet, profile=dry, **damp)
    assert later.until == ends - timedelta(minutes=25)


@pytest.mark.parametrize(("stop", "kind"), [(True, NothingLeft), (False, WaitUntil)])
def test_humidity_ends_the_night_or_is_waited_out(stop: bool, kind: type, make: Any) -> None:
    """Where humidity alone is in the way the rig's preference decides; otherwise it looks again in 15 minutes.

    A target that stays too low in this night is not waited for.
    """
    planner = PlannerPreferences(exposure_throttle_percent=100, stop_on_humidity=stop)
    rig = make.profile().model_copy(update={"planner": planner})
    candidate = make.candidate(make.plan(template={"maximum_humidity_percent": 80}))
    project = make.project(minimum_altitude_deg=70)
    low = make.candidate(project=project, guid="m1", name="M 1", ra_hours=5.5755, dec_deg=22.0145)
    decision = ask(make, make.utc(20), candidate, low, profile=rig, weather={"humidity": 95.0})
    assert isinstance(decision, kind)
    assert stop or decision.until == make.utc(20, 15)
