"""What the display is told of the night's work."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from hostsim.sequence.host import Host
from hostsim.sequence.outlook import show_progress
from tsplug import ExposurePlan, ExposureTemplate, Profile, Project, TakeExposure, Target, load_catalogue
from tsplug.testing.catalogue import first_catalogue


def test_lights_that_replace_rejected_ones_are_counted(make_host: Callable[[], Host], screen: StringIO) -> None:
    """A plan with more lights than desired counts with all it has, on both sides of the stroke."""
    host = make_host()
    host.profile = load_catalogue(first_catalogue(), host.context.store, clock=host.clock)
    with host.context.store.write() as unit:
        plans = unit.list(ExposurePlan)
        for plan, extra in zip(plans, (1, *[0] * len(plans)), strict=False):
            assert plan.id is not None
            moved = plan.desired + extra
            unit.adjust_counter(plan.id, "acquired", delta=moved, why="test", at=host.clock.now())
        # What never rises above its limit, is disabled, or belongs to a project that rests is no work of any night.
        [project, *_] = unit.list(Project)
        rests = unit.add(Project.model_validate(project.model_dump() | {"id": None, "guid": "r", "state": "inactive"}))
        changes: dict[str, Any] = {
            "south": {"dec_deg": -80.0},
            "off": {"enabled": False},
            "rests": {"project_id": rests.id},
        }
        for guid, fields in changes.items():
            known = unit.list(Target)[0].model_dump() | {"id": None, "guid": guid, "name": guid, **fields}
            target = unit.add(Target.model_validate(known))
            again = plans[0].model_dump() | {"id": None, "guid": f"{guid}-plan", "target_id": target.id}
            unit.add(ExposurePlan.model_validate(again))
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
