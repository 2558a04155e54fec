"""tsplug's own plugin beside others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsplug import AcquiredImage, ExposurePlan, GradePlan, GradingStatus, InputError, PlanGrades, hookimpl
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


@pytest.fixture
def pending(tmp_path: Path) -> tuple[FakeContext, ExposurePlan]:
    """One pending frame of a plan, whose file is missing though the host measured it."""
    clock = ManualClock()
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.write() as unit:
        plan = unit.list(ExposurePlan)[0]
        frame = AcquiredImage(
            guid="g",
            profile_name="rig",
            project_name="p",
            target_name="t",
            plan_id=plan.id,
            filter_name="L",
            file=str(tmp_path / "1.fits"),
            started=clock.now(),
            acquired=clock.now(),
            exposure_s=60,
            metrics={"hfr": 2.0, "star_count": 100.0},
            detector="d",
        )
        unit.add_image(frame)
    return context, plan


def status(context: FakeContext) -> GradingStatus:
    with context.store.read() as unit:
        image = unit.find(AcquiredImage, guid="g")
    assert image is not None
    return image.status


def test_a_plugin_that_raises_leaves_frames_pending_with_the_error(
    pending: tuple[FakeContext, ExposurePlan],
) -> None:
    """A foreign grader may raise anything: nothing is rejected or counted, and the next grading decides."""

    class Broken:
        @hookimpl
        def grade_plan(self) -> PlanGrades:
            raise ZeroDivisionError("no stars")

    context, plan = pending
    event = GradePlan(plan_guid=plan.guid, force=True)
    grades = plugin_manager([("broken", Broken())]).hook.grade_plan(event=event, context=context)
    assert [grade.reason for grade in grades.grades] == ["a grader failed: ZeroDivisionError: no stars"]
    assert status(context) is GradingStatus.PENDING
    plugin_manager().hook.grade_plan(event=event, context=context)
    assert status(context) is GradingStatus.ACCEPTED


def test_a_dry_run_says_what_would_become_of_frames(pending: tuple[FakeContext, ExposurePlan]) -> None:
    """Graders judge, and nothing is written."""
    context, plan = pending
    event = GradePlan(plan_guid=plan.guid, force=True, dry_run=True)
    grades = plugin_manager().hook.grade_plan(event=event, context=context)
    assert [grade.status for grade in grades.grades] == [GradingStatus.ACCEPTED]
    assert status(context) is GradingStatus.PENDING
