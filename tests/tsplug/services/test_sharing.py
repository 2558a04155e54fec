from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import contributor
import pytest

from tsplug.model import (
    AcquiredImage,
    Contribution,
    DecisionRequest,
    ExposurePlan,
    GradePlan,
    Lease,
    Profile,
    Project,
    TakeExposure,
)
from tsplug.services.deciding import decide, look_ahead
from tsplug.services.flats_due import flats_due
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.leases import SPARE_TIME, take_lease
from tsplug.services.recording import record_exposure
from tsplug.services.records import record_row
from tsplug.services.sharing import Holder
from tsplug.testing import FakeContext, ManualClock, memory_store, recording_devices

pytestmark = pytest.mark.both_databases


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """Return surroundings over a project of one plan that two rigs share."""
    clock = ManualClock(contributor.EVENING)
    store = memory_store(clock)
    contributor.stock(store, 2)
    return FakeContext(store, clock, recording_devices(clock, tmp_path))


def request(context: FakeContext, name: str) -> DecisionRequest:
    with context.store.read() as unit:
        profile = unit.find(Profile, name=name)
    assert profile is not None
    return DecisionRequest(profile_guid=profile.guid)


def taken(context: FakeContext, name: str) -> TakeExposure:
    decision = decide(request(context, name), context)
    assert isinstance(decision, TakeExposure), decision
    return decision


def save(context: FakeContext, decision: TakeExposure, *, number: int = 0) -> str:
    return record_exposure(contributor.saved(decision, context, number=number), context).message


def change_plan(context: FakeContext, **fields: int) -> None:
    with context.store.write() as unit:
        unit.set_all(ExposurePlan, fields)


def test_a_contributor_is_offered_the_targets_of_the_project(context: FakeContext) -> None:
    """Without a project of its own a contributing rig takes the owner's plan, and its light counts there."""
    save(context, taken(context, contributor.CONTRIBUTOR))
    with context.store.read() as unit:
        (plan,), (image,) = unit.list(ExposurePlan), unit.list(AcquiredImage)
    assert (plan.acquired, image.profile_name, image.plan_id) == (1, contributor.CONTRIBUTOR, plan.id)


def test_the_last_exposure_is_given_to_one_rig(context: FakeContext) -> None:
    """While one rig takes the last exposure another waits, until the lease ends by itself."""
    change_plan(context, desired=1)
    taken(context, contributor.OWNER)
    wait = decide(request(context, contributor.CONTRIBUTOR), context)
    assert wait.kind == "wait"
    assert "given to another rig" in wait.reason
    assert wait.until == context.clock.now() + timedelta(seconds=contributor.SECONDS) + SPARE_TIME
    context.clock.set(wait.until)
    taken(context, contributor.CONTRIBUTOR)


def test_of_two_rigs_that_decided_at_once_one_gets_the_plan(context: FakeContext) -> None:
    """Both looked before either took: whoever takes second is refused, and has to look again."""
    change_plan(context, desired=1)
    now = context.clock.now()
    with context.store.write() as unit:
        (plan,) = unit.list(ExposurePlan)
        got = [take_lease(unit, plan.guid, holder=Holder(each), exposure_s=10, now=now) for each in unit.list(Profile)]
        ended = now + timedelta(hours=1)
        again = take_lease(unit, plan.guid, holder=Holder(unit.list(Profile)[1]), exposure_s=10, now=ended)
    assert (got, again) == ([True, False], True)


def test_a_rig_holds_one_lease_at_a_time(context: FakeContext) -> None:
    """Asking again replaces what was held; looking ahead takes nothing."""
    for _ in range(3):
        taken(context, contributor.OWNER)
    look_ahead(request(context, contributor.CONTRIBUTOR), context)
    with context.store.read() as unit:
        assert [lease.owner for lease in unit.list(Lease)] == [contributor.OWNER]


def test_a_lease_lasts_until_the_frame_is_graded(context: FakeContext) -> None:
    """A recorded frame that is pending fills no place yet; once it is accepted the plan is complete for both."""
    change_plan(context, desired=1)
    decision = taken(context, contributor.OWNER)
    save(context, decision)
    assert decide(request(context, contributor.CONTRIBUTOR), context).kind == "wait"
    apply_grades(judge_plan(GradePlan(plan_guid=decision.plan_guid), context), context)
    for name in (contributor.OWNER, contributor.CONTRIBUTOR):
        assert decide(request(context, name), context).kind == "done"
    with context.store.read() as unit:
        assert unit.list(Lease) == []


def test_a_rig_alone_writes_nothing_to_decide(context: FakeContext) -> None:
    """Without contributors there are no leases."""
    with context.store.write() as unit:
        unit.delete_all(Contribution)
    taken(context, contributor.OWNER)
    with context.store.read() as unit:
        assert unit.list(Lease) == []


def test_a_filter_that_the_contributor_lacks_is_refused(context: FakeContext) -> None:
    """A plan in a filter that is not in the contributor's wheel is not offered, and the reason names its filters."""
    with context.store.write() as unit:
        rig = unit.find(Profile, name=contributor.CONTRIBUTOR)
        assert rig is not None
        unit.update(rig.model_copy(update={"filters": ["Ha"]}))
    decision = decide(request(context, contributor.CONTRIBUTOR), context)
    assert [each.rule for each in decision.rejected] == ["filter not in the wheel"] * 2


def test_a_stranger_is_recorded_and_not_counted(context: FakeContext) -> None:
    """A light of a profile that does not contribute keeps its target, counts nowhere, and the answer says why."""
    decision = taken(context, contributor.CONTRIBUTOR)
    with context.store.write() as unit:
        unit.delete_all(Contribution)
    message = save(context, decision)
    assert (
        "'Newton' neither owns project 'Nebulae' nor contributes to it: recorded for 'M 42', counted nowhere" in message
    )
    assert "tsplug project edit 'Nebulae' contributors=" in message
    with context.store.read() as unit:
        (plan,), (image,) = unit.list(ExposurePlan), unit.list(AcquiredImage)
    assert (plan.acquired, image.plan_id, image.target_name) == (0, None, "M 42")


def test_each_rig_is_graded_among_its_own_frames(context: FakeContext) -> None:
    """Frames of another telescope with larger stars are judged beside their own kind, by their own preferences."""
    change_plan(context, desired=50)
    with context.store.write() as unit:
        rig = unit.find(Profile, name=contributor.CONTRIBUTOR)
        assert rig is not None
        unit.update(rig.model_copy(update={"grader": rig.grader.model_copy(update={"auto_reject_hfr": 3.0})}))
    for name, number in [(contributor.OWNER, 0)] * 4 + [(contributor.CONTRIBUTOR, 6)]:
        decision = taken(context, name)
        save(context, decision, number=number)
        grades = apply_grades(judge_plan(GradePlan(plan_guid=decision.plan_guid), context), context)
    assert [grade.status for grade in grades.grades] == ["rejected"]


def test_each_rig_owes_flats_for_its_own_lights(context: FakeContext) -> None:
    """The owner's run does not see the contributor's sessions, and the other way round."""
    with context.store.write() as unit:
        unit.set_all(Project, {"flats_handling": 1})
    save(context, taken(context, contributor.CONTRIBUTOR))
    context.clock.sleep(12 * 3600)
    due = {
        name: len(flats_due(request(context, name).profile_guid, context))
        for name in (contributor.OWNER, contributor.CONTRIBUTOR)
    }
    assert due == {contributor.OWNER: 0, contributor.CONTRIBUTOR: 1}


def test_a_project_shows_who_contributes(context: FakeContext) -> None:
    """The row of a project names its contributors."""
    assert record_row(context.store, "project", name="Nebulae")["contributors"] == [contributor.CONTRIBUTOR]
