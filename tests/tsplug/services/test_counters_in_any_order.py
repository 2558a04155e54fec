"""Counters equal counted rows plus adjustments, whatever is done to images in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tsplug.errors import NotFoundError
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    ExposureSaved,
    GradePlan,
    GradingStatus,
    Profile,
    Target,
)
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_reset import reset_completion
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.manual_undo import undo_manual
from tsplug.services.purging import Scope, purge_images
from tsplug.services.recording import record_exposure
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

Operation = Callable[[FakeContext], object]

PLANS = st.integers(1, 4)
STATUSES = st.sampled_from(GradingStatus)


def record(number: int, plan_id: int) -> Operation:
    """Tell of an exposure, perhaps again, perhaps of a plan that is gone."""

    def apply(context: FakeContext) -> object:
        with context.store.read() as unit:
            rig, plan = unit.get(Profile, 1), unit.find(ExposurePlan, id=plan_id)
        event = ExposureSaved(
            guid=f"exposure-{number}",
            profile_guid=rig.guid,
            plan_guid=plan.guid if plan else "gone",
            file=Path(f"{number}.fits"),
            filter_name="L",
            started=context.clock.now() - timedelta(days=number),
            ended=context.clock.now() - timedelta(days=number),
            exposure_s=60,
            metrics={"hfr": 2.0 + number / 10, "star_count": 300.0},
        )
        return record_exposure(event, context)

    return apply


def by_hand(ids: list[int], status: GradingStatus) -> Operation:
    """Grade some images by hand, some of which may not be there."""
    wanted = ManualGrade(to_status=status)
    return lambda context: grade_manually(ids, wanted, store=context.store, clock=context.clock)


def undo(context: FakeContext) -> object:
    """Take the last change by hand back, if there is one."""
    try:
        return undo_manual(context.store, clock=context.clock)
    except NotFoundError:
        return None


def graded(plan_id: int) -> Operation:
    """Let the graders judge what is pending."""

    def apply(context: FakeContext) -> object:
        with context.store.read() as unit:
            plan = unit.find(ExposurePlan, id=plan_id)
        event = GradePlan(plan_guid=plan.guid, force=True) if plan else None
        return None if event is None else apply_grades(judge_plan(event, context), context)

    return apply


def regraded(include_manual: bool) -> Operation:
    """Judge everything anew, twice: the second time there is nothing left to change."""

    def apply(context: FakeContext) -> object:
        request = RegradeRequest(everything=True, include_manual=include_manual)
        regrade(request, context)
        found = everything(context)
        assert (regrade(request, context).updated, everything(context)) == (0, found)
        return found

    return apply


def purge(days: int) -> Operation:
    """Remove what is older than so many days."""
    return lambda context: purge_images(
        Scope(older_than=context.clock.now() - timedelta(days=days)), context.store, clock=context.clock
    )


def remove(kind: str, key: int) -> Operation:
    """Delete a plan or a target, if it is there."""

    def apply(context: FakeContext) -> object:
        with context.store.read() as unit:
            there = unit.find(ExposurePlan if kind == "plan" else Target, id=key)
        return delete_record(Request(kind, str(key)), context.store) if there else None

    return apply


def reset(key: int) -> Operation:
    """Set the plans of a target to zero, if it is there."""

    def apply(context: FakeContext) -> object:
        with context.store.read() as unit:
            there = unit.find(Target, id=key)
        return reset_completion(Request("target", str(key)), context.store, clock=context.clock) if there else None

    return apply


OPERATIONS = st.one_of(
    st.builds(record, st.integers(0, 8), PLANS),
    st.builds(record, st.integers(0, 8), PLANS),
    st.builds(by_hand, st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True), STATUSES),
    st.builds(by_hand, st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True), STATUSES),
    st.just(undo),
    st.builds(graded, PLANS),
    st.builds(regraded, st.booleans()),
    st.builds(purge, st.integers(0, 8)),
    st.builds(remove, st.sampled_from(["plan", "target"]), st.integers(1, 4)),
    st.builds(reset, st.integers(1, 3)),
)


def check(context: FakeContext) -> None:
    """Assert that every counter is what its rows and adjustments come to, and not below zero."""
    with context.store.read() as unit:
        images, adjustments = unit.list(AcquiredImage), unit.list(CountAdjustment)
        for plan in unit.list(ExposurePlan):
            own = [image for image in images if image.plan_id == plan.id]
            rows = {Counter.ACQUIRED: len(own), Counter.ACCEPTED: sum(each.status == "accepted" for each in own)}
            for counter, counted in rows.items():
                moved = sum(each.delta for each in adjustments if (each.plan_id, each.counter) == (plan.id, counter))
                assert getattr(plan, counter.value) == counted + moved >= 0


def run(operations: list[Operation]) -> None:
    clock = ManualClock()
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, Path("unused")))
    for operation in operations:
        operation(context)
        check(context)
    context.store.close()


@settings(max_examples=20)
@given(st.lists(OPERATIONS, min_size=3, max_size=14))
@example([record(0, 1), record(1, 1), by_hand([1], GradingStatus.REJECTED), regraded(include_manual=True), purge(0)])
def test_counters_follow_any_sequence(operations: list[Operation]) -> None:
    """Recording, grading in every way, undoing, purging, deleting, resetting: after each the sum is right."""
    run(operations)


@pytest.mark.both_databases
@settings(max_examples=4)
@given(st.lists(OPERATIONS, min_size=8, max_size=14))
def test_counters_follow_on_both_databases(operations: list[Operation]) -> None:
    """The same where a server keeps the store."""
    run(operations)


def everything(context: FakeContext) -> list[tuple[object, ...]]:
    with context.store.read() as unit:
        images = [(each.id, each.status, each.reject_reason, each.manual) for each in unit.list(AcquiredImage)]
        return [*images, *((plan.id, plan.acquired, plan.accepted) for plan in unit.list(ExposurePlan))]


@settings(max_examples=20)
@given(
    st.lists(OPERATIONS, max_size=8),
    st.lists(st.tuples(st.lists(st.integers(1, 9), min_size=1, unique=True), STATUSES), min_size=1, max_size=4),
)
@example([by_hand([1], GradingStatus.ACCEPTED), reset(1)], [([1], GradingStatus.REJECTED)])
def test_grading_and_undoing_is_identity(
    before: list[Operation], grades: list[tuple[list[int], GradingStatus]]
) -> None:
    """However many changes by hand are taken back, statuses, reasons, marks and counters are as before the first."""
    clock = ManualClock()
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, Path("unused")))
    for operation in (record(0, 1), record(1, 1), record(2, 2), *before):
        operation(context)
    found, changes = everything(context), 0
    for ids, status in grades:
        outcome = grade_manually(ids, ManualGrade(to_status=status), store=context.store, clock=clock)
        changes += outcome.batch is not None
    for _ in range(changes):
        undo_manual(context.store, clock=clock)
    assert everything(context) == found
    context.store.close()
