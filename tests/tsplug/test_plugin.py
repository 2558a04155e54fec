"""tsplug's own plugin beside others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsplug import ExposurePlan, GradePlan, InputError, PlanGrades, hookimpl
from tsplug.hookspecs import plugin_manager
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store


def test_a_grader_that_answers_for_another_plan_grades_nothing(tmp_path: Path) -> None:
    """Verdicts are recorded only for the plan that was asked about."""

    class Confused:
        @hookimpl
        def grade_plan(self) -> PlanGrades:
            return PlanGrades(plan_guid="another")

    clock = ManualClock()
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.read() as unit:
        plan = unit.list(ExposurePlan)[0]
    manager = plugin_manager([("confused", Confused())])
    with pytest.raises(InputError, match="answered for plan another"):
        manager.hook.grade_plan(event=GradePlan(plan_guid=plan.guid, force=True), context=context)
