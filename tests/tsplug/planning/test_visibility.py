"""Why a target cannot be imaged, with numbers, and when it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tsplug.model import OrderAction, OrderItem, Overheads, PlannerPreferences, ProjectState
from tsplug.planning import AttachedMask, NightOutlook
from tsplug.planning.visibility import Ready, Refused, assess

MOONLESS_EVENING = 15
"""On 15 November 2026 the Moon is a thin crescent and sets early."""
FULL_MOON = 24


def look(make: Any, candidate: Any, hour: int, *, day: int = MOONLESS_EVENING, minute: int = 0, **fields: Any) -> Any:
    return assess(candidate, make.situation(make.utc(hour, minute, day), (candidate,), **fields))


def rules(view: Refused) -> list[str]:
    return [rejection.rule for rejection in view.rejected]


def test_a_high_target_in_a_dark_sky_is_ready(make: Any) -> None:
    """M 31 on a November evening can be imaged with all its open plans, until it sinks or the night ends."""
    view = look(make, make.candidate(make.plan("L"), make.plan("R")), 20)
    assert isinstance(view, Ready)
    assert [item.template.name for item in view.choices] == ["L", "R"]
    assert view.rejected == ()


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.INACTIVE, ProjectState.CLOSED])
def test_only_active_projects_are_imaged(state: ProjectState, make: Any) -> None:
    """A project in another state is refused for good, and named."""
    view = look(make, make.candidate(project=make.project(state=state)), 20)
    assert (rules(view), view.again_at) == (["project not active"], None)
    assert state.value in view.rejected[0].detail


def test_a_disabled_target_is_refused(make: Any) -> None:
    """Nothing of a disabled target is looked at."""
    assert rules(look(make, make.candidate(enabled=False), 20)) == ["disabled"]


def test_finished_and_disabled_plans_complete_a_target(make: Any) -> None:
    """The target is complete when no enabled plan wants more; every plan says why not."""
    view = look(make, make.candidate(make.plan(acquired=10), make.plan("R", enabled=False)), 20)
    assert rules(view) == ["complete", "complete", "disabled"]
    assert view.rejected[1].detail == "acquired 10 of 10 (100 % of 10)"


def test_a_target_that_never_rises_says_how_high_it_culminates(make: Any) -> None:
    """The far south never rises at 47 degrees north."""
    view = look(make, make.candidate(dec_deg=-60.0), 20)
    assert (rules(view), view.again_at) == (["never rises"], None)
    assert "-16.9 deg" in view.rejected[0].detail


def test_a_low_target_is_waited_for_until_it_has_risen(make: Any) -> None:
    """A target below the minimum altitude can be imaged again at the minute in which it exceeds it."""
    candidate = make.candidate(ra_hours=8.5, dec_deg=20.0, project=make.project(minimum_altitude_deg=30))
    view = look(make, candidate, 20)
    assert rules(view) == ["minimum altitude"]
    again = view.again_at
    assert isinstance(assess(candidate, make.situation(again, (candidate,))), Ready)
    assert isinstance(assess(candidate, make.situation(again - timedelta(minutes=1), (candidate,))), Refused)


def test_a_target_too_high_is_waited_for_until_it_has_sunk(make: Any) -> None:
    """M 31 passes near the zenith; with a maximum altitude it is left alone there."""
    candidate = make.candidate(project=make.project(maximum_altitude_deg=75))
    view = look(make, candidate, 20)
    assert rules(view) == ["maximum altitude"]
    assert view.again_at is not None


def test_the_custom_horizon_counts_where_the_project_wants_it(make: Any) -> None:
    """Behind a wall of 60 degrees in the east nothing is visible there; without the horizon it is."""
    wall = make.site(horizon=[(0.0, 60.0), (180.0, 60.0), (181.0, 0.0), (359.0, 0.0)])
    for used, kind in ((True, Refused), (False, Ready)):
        candidate = make.candidate(ra_hours=5.58, dec_deg=22.0, project=make.project(use_custom_horizon=used))
        seen = look(make, candidate, 22, site=wall)
        assert isinstance(seen, kind)
    refused = look(make, make.candidate(ra_hours=5.58, dec_deg=22.0, project=make.project(use_custom_horizon=True)), 16)
    assert "the site has no horizon" in refused.rejected[0].detail
    behind = look(
        make, make.candidate(ra_hours=5.58, dec_deg=22.0, project=make.project(use_custom_horizon=True)), 22, site=wall
    )
    assert "must exceed 60.0 deg, the horizon there" in behind.rejected[0].detail


def test_daylight_is_waited_out_to_the_level_of_the_plan(make: Any) -> None:
    """A plan that tolerates nautical twilight starts earlier than one that needs the night."""
    starts = {}
    for level in ("nighttime", "nautical"):
        view = look(make, make.candidate(make.plan(template={"twilight": level})), 15)
        assert rules(view) == ["twilight", "twilight"]
        starts[level] = view.again_at
    assert timedelta(minutes=55) < starts["nighttime"] - starts["nautical"] < timedelta(minutes=75)


def test_the_full_moon_forbids_a_plan_and_not_its_neighbour(make: Any) -> None:
    """Near the full Moon a broadband plan is refused with its numbers, a narrowband one goes on."""
    avoiding = make.plan("L", template={"moon_avoidance": True, "moon_separation_deg": 90})
    view = look(make, make.candidate(avoiding, make.plan("Ha")), 22, day=FULL_MOON)
    assert [item.template.name for item in view.choices] == ["Ha"]
    assert [(each.rule, each.plan) for each in view.rejected] == [("moon avoidance", "L")]
    assert "needs 8" in view.rejected[0].detail or "needs 9" in view.rejected[0].detail


def test_different_reasons_of_plans_are_kept_apart_and_looked_at_again(make: Any) -> None:
    """A plan blocked by the Moon and one blocked by twilight leave a target that can be imaged later."""
    avoiding = make.plan(
        "L", template={"moon_avoidance": True, "moon_separation_deg": 120, "moon_width_days": 14, "twilight": "civil"}
    )
    view = look(make, make.candidate(avoiding, make.plan("Ha")), 16, minute=30, day=FULL_MOON)
    assert rules(view) == ["all exposure plans rejected", "moon avoidance", "twilight"]
    assert view.again_at is not None


def test_a_fresh_visit_needs_the_minimum_time(make: Any) -> None:
    """A target about to set is not begun, but one being imaged goes on."""
    project = make.project(minimum_altitude_deg=30, minimum_time_min=60)
    candidate = make.candidate(ra_hours=20.0, dec_deg=40.0, project=project)
    ends = look(make, candidate, 18).ends
    late = ends - timedelta(minutes=40)
    fresh = assess(candidate, make.situation(late, (candidate,), site=make.site(time_zone="Europe/Zurich")))
    assert (rules(fresh), fresh.again_at) == (["minimum time"], None)
    there = f"{ends + timedelta(hours=1):%H:%M:%S} Europe/Zurich"
    assert fresh.rejected[0].detail == f"possible until {there}, 40.0 min, needs 60 min"
    assert isinstance(assess(candidate, make.situation(late, (candidate,), current_target_guid="m31")), Ready)


def test_an_exposure_must_end_before_its_target_does(make: Any) -> None:
    """Of two plans only the one that still fits is offered, to the second."""
    project = make.project(minimum_altitude_deg=30, minimum_time_min=0)
    plans = (make.plan("Ha", exposure_s=600.0), make.plan("L", exposure_s=60.0))
    candidate = make.candidate(*plans, ra_hours=20.0, dec_deg=40.0, project=project)
    ends = look(make, candidate, 18).ends
    for seconds, expected in ((600, ["Ha", "L"]), (599, ["L"])):
        view = assess(candidate, make.situation(ends - timedelta(seconds=seconds), (candidate,)))
        assert [item.template.name for item in view.choices] == expected
    [late] = view.rejected
    there = [f"{ends + timedelta(hours=1, seconds=after):%H:%M:%S}" for after in (1, 0)]
    assert late.detail == f"600 s would end at {there[0]}, must end by {there[1]} UTC+1"


def test_the_hosts_limit_ends_every_visit(make: Any) -> None:
    """What the host will not wait for is neither begun nor promised."""
    candidate = make.candidate(project=make.project(minimum_time_min=30))
    assert isinstance(look(make, candidate, 20, until=make.utc(20, 30)), Ready)
    assert isinstance(look(make, candidate, 20, until=make.utc(20, 28)), Ready)
    view = look(make, candidate, 20, until=make.utc(20, 27))
    assert (rules(view), view.again_at) == (["minimum time"], None)
    early = look(make, candidate, 15, until=make.utc(17, 30))
    assert early.again_at is None


def test_a_start_that_has_just_passed_is_not_promised(make: Any) -> None:
    """Once a host is too late for a fresh visit the target is gone, not waited for in the past."""
    candidate = make.candidate(
        ra_hours=20.0, dec_deg=40.0, project=make.project(minimum_altitude_deg=30, minimum_time_min=60)
    )
    last = look(make, candidate, 18).ends - timedelta(minutes=60)
    assert isinstance(assess(candidate, make.situation(last, (candidate,))), Ready)
    view = assess(candidate, make.situation(last + timedelta(seconds=150), (candidate,)))
    assert (rules(view), view.again_at) == (["minimum time"], None)


def test_a_meridian_window_is_waited_for(make: Any) -> None:
    """Outside the hour each side of transit a target waits for its window, and says how far it is from transit."""
    candidate = make.candidate(project=make.project(meridian_window_min=60))
    view = look(make, candidate, 18)
    assert rules(view) == ["meridian window"]
    assert view.rejected[0].numbers["window_min"] == 60
    before = view.rejected[0].numbers["from_transit_min"]
    assert view.again_at == make.utc(18) + timedelta(minutes=int(-before - 60) + 1)
    assert isinstance(assess(candidate, make.situation(view.again_at, (candidate,))), Ready)


def test_nothing_is_exposed_while_the_mount_may_have_to_flip(make: Any) -> None:
    """In the flip's zone a target waits for its end, and an exposure that would reach into it is not begun."""
    planner = PlannerPreferences(exposure_throttle_percent=100, flip_pause_min=10, flip_after_min=5)
    rig = make.profile().model_copy(update={"planner": planner})
    candidate = make.candidate(make.plan(exposure_s=300), project=make.project(minimum_time_min=5))
    transit = make.situation(make.utc(20), (candidate,)).outlook.tables
    moment = transit.transit(0, transit.sample_before(make.utc(20)))
    view = assess(candidate, make.situation(moment, (candidate,), profile=rig))
    assert rules(view) == ["meridian flip"]
    assert timedelta(minutes=5) < view.again_at - moment < timedelta(minutes=7)
    early = moment - timedelta(minutes=14)
    assert rules(assess(candidate, make.situation(early, (candidate,), profile=rig)))[0] == "exposure time"
    assert isinstance(assess(candidate, make.situation(early, (candidate,))), Ready)


def test_humidity_forbids_a_plan_and_is_looked_at_again_in_a_quarter_of_an_hour(make: Any) -> None:
    """Above its limit a plan is refused with both numbers; a rig without a hygrometer goes on."""
    candidate = make.candidate(make.plan(template={"maximum_humidity_percent": 80}))
    view = look(make, candidate, 20, weather={"humidity": 91.0})
    assert rules(view) == ["humidity", "humidity"]
    assert view.rejected[1].numbers == {"humidity_percent": 91.0, "maximum_percent": 80.0}
    assert view.again_at == make.utc(20, 15)
    assert isinstance(look(make, candidate, 20, weather={"humidity": 80.0}), Ready)
    assert isinstance(look(make, candidate, 20), Ready)
    assert isinstance(look(make, candidate, 20, weather={"humidity": float("nan")}), Ready)


def test_the_rigs_weather_limits_stop_everything(make: Any) -> None:
    """Wind above the rig's limit refuses the target for a quarter of an hour; a limit of none is off."""
    for limit, kind in ((10.0, Refused), (None, Ready)):
        planner = PlannerPreferences(weather_limits={"wind_speed": limit})
        rig = make.profile().model_copy(update={"planner": planner})
        view = look(make, make.candidate(), 20, weather={"wind_speed": 12.0}, profile=rig)
        assert isinstance(view, kind)
        assert limit is None or (rules(view), view.again_at) == (["weather"], make.utc(20, 15))


def test_an_attached_constraint_is_named(make: Any) -> None:
    """Where a mask of others forbids a target, the target says whose, and waits for the first minute it permits."""
    candidate = make.candidate()
    situation = make.situation(make.utc(20), (candidate,))
    tables = situation.outlook.tables
    allowed = np.arange(tables.samples) >= tables.sample_before(make.utc(22))
    outlook = NightOutlook(tables, {"m31": [AttachedMask("LateConstraint", allowed)]})
    view = assess(candidate, replace(situation, outlook=outlook))
    assert (rules(view), view.again_at) == (["constraint"], make.utc(22))
    assert "LateConstraint (permits" in view.rejected[0].detail
    assert view.rejected[0].numbers == {"LateConstraint_permits_min": float(allowed.sum())}


def test_what_an_override_order_does_not_name_is_closed(make: Any) -> None:
    """Plans outside the order never run, and say so; with none inside the target has nothing to do."""
    order = [OrderItem(action=OrderAction.EXPOSURE, plan_guid="a")]
    candidate = make.candidate(make.plan("L", guid="a"), make.plan("R", guid="b"), override_order=order)
    view = look(make, candidate, 20)
    assert [item.template.name for item in view.choices] == ["L"]
    assert rules(view) == ["not in the override order"]
    gone = make.candidate(make.plan("R", guid="b"), override_order=order)
    assert rules(look(make, gone, 20))[0] == "not in the override order"


def test_pointing_time_is_kept_free(make: Any) -> None:
    """A new target whose pointing takes five minutes needs them before its exposure; the present one does not."""
    planner = PlannerPreferences(exposure_throttle_percent=100, overheads=Overheads(new_target_s=300))
    rig = make.profile().model_copy(update={"planner": planner})
    project = make.project(minimum_altitude_deg=30, minimum_time_min=0)
    candidate = make.candidate(make.plan(exposure_s=600), ra_hours=20.0, dec_deg=40.0, project=project)
    late = look(make, candidate, 18).ends - timedelta(minutes=12)
    assert rules(assess(candidate, make.situation(late, (candidate,), profile=rig)))[0] == "exposure time"
    current = make.situation(late, (candidate,), profile=rig, current_target_guid="m31")
    assert isinstance(assess(candidate, current), Ready)
