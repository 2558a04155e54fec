"""What the display is told of the night's work."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from hostsim.sequence.host import Host
from hostsim.sequence.outlook import show_progress
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
    decision = TakeExposure(
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
    with host.context.store.write() as unit:
        # A plan may use a template of another profile.
        other = unit.add(Profile(name="Other", site_id=host.profile.site_id))
        unit.set_all(ExposureTemplate, {"profile_id": other.id}, id=plans[0].template_id)
    show_progress(host, decision)
    host.display.exposing(60.0)
    assert f"[{total + 1}/{total + 1}]" in screen.getvalue()
