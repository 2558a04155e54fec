"""Whether anything is left to image, and when a target is complete."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tsplug import NothingLeft, WaitUntil
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import SchedulerCondition, SchedulerContainer, Session
from tsplug.model import Counter, DecisionRequest, ExposurePlan, Profile, Project, Target
from tsplug.services.deciding import decide
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
TONIGHT = SchedulerCondition.Parameters()
EVER = SchedulerCondition.Parameters(of="projects")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A winter evening over the small catalogue."""
    clock = ManualClock(EVENING)
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.read() as unit:
        return Session(plugin_manager(), unit.list(Profile)[0].guid, context)


def clock(session: Session) -> ManualClock:
    assert isinstance(session.context.clock, ManualClock)
    return session.context.clock


def finish(session: Session, **wanted: str) -> None:
    """Give the enabled plans of all targets, or of those of a name, all that they want."""
    with session.context.store.write() as unit:
        for target in unit.list(Target, **wanted):
            for plan in unit.list(ExposurePlan, target_id=target.id):
                for counter in Counter:
                    unit.adjust_counter(plan.id or 0, counter, delta=2 * plan.desired, why="edited", at=EVENING)


def test_work_remains_tonight_while_a_target_can_be_imaged_or_waited_for(session: Session) -> None:
    """The reason names the target, and from when on; at dawn nothing remains, though projects do."""
    now = SchedulerCondition().judge(TONIGHT, session)
    assert (now.left, now.reason) == (True, "M 42 can be imaged now")
    clock(session).set(datetime(2026, 1, 15, 14, tzinfo=UTC))
    assert SchedulerCondition().judge(TONIGHT, session).reason.endswith(" Europe/Zurich on")
    clock(session).set(datetime(2026, 1, 16, 8, tzinfo=UTC))
    assert not SchedulerCondition().judge(TONIGHT, session).left
    assert SchedulerCondition().judge(EVER, session).left


def test_no_project_wants_more_when_all_plans_are_done(session: Session) -> None:
    """Disabled targets and projects that are not active do not count."""
    assert "wants" in SchedulerCondition().judge(EVER, session).reason
    finish(session)
    done = SchedulerCondition().judge(EVER, session)
    assert (done.left, done.reason) == (False, "no active project wants more exposures")
    assert not SchedulerCondition().judge(TONIGHT, session).left


def test_a_target_is_complete_when_none_of_its_plans_wants_more(session: Session) -> None:
    """With grading what is accepted counts, without it what is acquired; a target that is gone is not complete."""
    with session.context.store.read() as unit:
        guids = {target.name: target.guid for target in unit.list(Target)}
        graded = {project.grading_enabled for project in unit.list(Project)}
    assert graded == {True, False}
    container = SchedulerContainer()
    assert not any(container.is_complete(guid, session) for guid in guids.values())
    finish(session)
    assert all(container.is_complete(guid, session) for guid in guids.values())
    assert not container.is_complete("gone", session)


def test_targets_that_the_host_cannot_image_are_left_out(session: Session) -> None:
    """Another is chosen, and nothing is left where all are left out."""
    with session.context.store.read() as unit:
        targets = {target.name: target.guid for target in unit.list(Target)}
    request = DecisionRequest(profile_guid=session.profile_guid, left_out=(targets["M 42"],))
    other = decide(request, session.context)
    assert not isinstance(other, NothingLeft | WaitUntil)
    assert other.target_name != "M 42"
    none = decide(request.model_copy(update={"left_out": tuple(targets.values())}), session.context)
    assert isinstance(none, NothingLeft)
    assert SchedulerCondition().validate(TONIGHT, session) == []
