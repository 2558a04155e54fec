"""What the display is told of the night's work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

from hostsim.sequence.host import Host
from hostsim.sequence.outlook import show_progress
from hostsim.sequence.sun import is_up_within
from tsplug import ExposurePlan, ExposureTemplate, Profile, Project, TakeExposure, Target, load_catalogue
from tsplug.ports import Unit
from tsplug.testing.catalogue import first_catalogue


def add_what_is_no_work(unit: Unit, plan: ExposurePlan) -> None:
    """Add plans of targets that never rise above their limit, are disabled, or belong to a project that rests."""
    project, known = unit.list(Project)[0], unit.list(Target)[0]
    rests = unit.add(Project.model_validate(project.model_dump() | {"id": None, "guid": "r", "state": "inactive"}))
    changes: dict[str, Any]
    changes = {"south": {"dec_deg": -80.0}, "off": {"enabled": False}, "rests": {"project_id": rests.id}}
    for guid, fields in changes.items():
        target = known.model_dump() | {"id": None, "guid": guid, "name": guid, **fields}
        place = {"id": None, "guid": f"{guid}-plan", "target_id": unit.add(Target.model_validate(target)).id}
        unit.add(ExposurePlan.model_validate(plan.model_dump() | place))


def decision(host: Host) -> TakeExposure:
    """Return what is imaged."""
    return TakeExposure(
        profile_guid=host.profile.guid,
        project_name="P",
        target_guid="t",
        target_name="T",
        plan_guid="p",
        template_name="L",
        filter_name="L",
        ra_hours=1.0,
        dec_deg=20.0,
        rotation_deg=30.0,
        session_id=1,
        score=1.0,
        until=host.clock.now(),
        steps=(),
    )


def test_what_the_night_cannot_give_is_no_hour_of_the_day(make_host: Callable[[], Host], screen: StringIO) -> None:
    """A quarter of an hour before sunrise nobody is told that all is ready at noon."""
    host = make_host()
    host.profile = load_catalogue(first_catalogue(), host.context.store, clock=host.clock)
    host.clock.sleep(3600.0 * 14)
    show_progress(host, decision(host))
    host.display.exposing(60.0)
    assert "h of exposures to go" in screen.getvalue()


def test_the_sun_ends_a_night_of_exposures(make_host: Callable[[], Host]) -> None:
    """It sets at 16:04 and rises at 7:10 there: fourteen hours from 17:00 on fit, fifteen do not."""
    host = make_host()
    ends = [host.clock.now() + timedelta(hours=hours) for hours in (0, 14, 15)]
    assert [is_up_within(host.site, since=host.clock.now(), now=end) for end in ends] == [False, False, True]


def test_lights_that_replace_rejected_ones_are_counted(make_host: Callable[[], Host], screen: StringIO) -> None:
    """A plan with more lights than desired counts with all it has on both sides; what is no work does not."""
    host = make_host()
    host.profile = load_catalogue(first_catalogue(), host.context.store, clock=host.clock)
    with host.context.store.write() as unit:
        plans = unit.list(ExposurePlan)
        for plan, extra in zip(plans, (1, *[0] * len(plans)), strict=False):
            assert plan.id is not None
            moved = plan.desired + extra
            unit.adjust_counter(plan.id, "acquired", delta=moved, why="test", at=host.clock.now())
        add_what_is_no_work(unit, plans[0])
    total = sum(plan.desired for plan in plans) + 1
    with host.context.store.write() as unit:
        # A plan may use a template of another profile.
        other = unit.add(Profile(name="Other", site_id=host.profile.site_id))
        unit.set_all(ExposureTemplate, {"profile_id": other.id}, id=plans[0].template_id)
    show_progress(host, decision(host))
    host.display.exposing(60.0)
    assert f"[{total + 1}/{total + 1}]" in screen.getvalue()
