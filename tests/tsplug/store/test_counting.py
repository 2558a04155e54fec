from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    GradingStatus,
    StatusChange,
)
from tsplug.ports import Store, Unit
from tsplug.testing import ManualClock, stocked_store

pytestmark = pytest.mark.both_databases

PLANS = (1, 2)
NOW = ManualClock().now()

Operation = Callable[[Unit], None]


def record(plan_id: int, status: GradingStatus) -> Operation:
    def apply(unit: Unit) -> None:
        names = {"profile_name": "p", "project_name": "q", "target_name": "t", "filter_name": "L", "file": "f"}
        unit.add_image(AcquiredImage(plan_id=plan_id, status=status, started=NOW, acquired=NOW, exposure_s=1, **names))

    return apply


def grade(which: int, after: GradingStatus, *, stale: GradingStatus | None) -> Operation:
    def apply(unit: Unit) -> None:
        images = unit.list(AcquiredImage)
        if images:
            image = images[which % len(images)]
            change = StatusChange(image_id=0, from_status=stale or image.status, to_status=after, by="test", at=NOW)
            unit.set_status(image, change)

    return apply


def purge_or_move(which: int, plan_id: int | None) -> Operation:
    def apply(unit: Unit) -> None:
        images = unit.list(AcquiredImage)
        if images and plan_id is None:
            unit.delete(images[which % len(images)])
        elif images:
            unit.update(images[which % len(images)].model_copy(update={"plan_id": plan_id}))

    return apply


def edit(plan_id: int, counter: Counter, delta: int) -> Operation:
    return lambda unit: unit.adjust_counter(plan_id, counter, delta=delta, why="edited", at=NOW)


def fail(unit: Unit) -> None:
    record(1, GradingStatus.ACCEPTED)(unit)
    raise ZeroDivisionError


plans = st.sampled_from(PLANS)
statuses = st.sampled_from(GradingStatus)
numbers = st.integers(0, 20)
operations = st.one_of(
    st.builds(record, plans, statuses),
    st.builds(grade, numbers, statuses, stale=st.none() | statuses),
    st.builds(purge_or_move, numbers, st.none() | plans),
    st.builds(edit, plans, st.sampled_from(Counter), st.integers(-4, 4)),
    st.just(fail),
)


def assert_counters_equal_rows_plus_adjustments(store: Store) -> None:
    with store.read() as unit:
        for plan in unit.list(ExposurePlan, id=PLANS):
            images = unit.list(AcquiredImage, plan_id=plan.id)
            apart = unit.list(CountAdjustment, plan_id=plan.id)
            sums = {counter: sum(line.delta for line in apart if line.counter is counter) for counter in Counter}
            accepted = sum(image.status is GradingStatus.ACCEPTED for image in images)
            assert plan.acquired == len(images) + sums[Counter.ACQUIRED] >= 0
            assert plan.accepted == accepted + sums[Counter.ACCEPTED] >= 0


@given(st.lists(operations, max_size=25))
@settings(max_examples=25, deadline=None)
def test_counters_equal_rows_plus_adjustments(steps: list[Operation]) -> None:
    """Whatever is recorded, graded, purged, moved, edited or fails half-way, counters are never off or negative."""
    store = stocked_store()
    for step in steps:
        try:
            with store.write() as unit:
                step(unit)
        except ZeroDivisionError:
            assert step is fail
    assert_counters_equal_rows_plus_adjustments(store)
    store.close()
