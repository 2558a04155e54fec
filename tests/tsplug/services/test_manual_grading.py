"""Statuses set by hand, and taking them back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tsplug.errors import NotFoundError
from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, Project, StatusChange
from tsplug.ports import Store
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.manual_grading import ManualGrade, RefusalCode, grade_manually, may_grade
from tsplug.services.manual_undo import undo_manual
from tsplug.testing import ManualClock, stocked_store, store_light

pytestmark = pytest.mark.both_databases

PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED
CLOCK = ManualClock()


@pytest.fixture
def store() -> Store:
    return stocked_store(CLOCK)


def light(
    store: Store, status: GradingStatus = PENDING, *, target: str = "M 42", number: int = 0, **fields: object
) -> int:
    """Store a light with a status and the audit line that leads to it; return its id."""
    started = CLOCK.now() + timedelta(minutes=number)
    image = store_light(store, target, filter_name="L", started=started, **({"reject_reason": ""} | fields))
    if status is not PENDING:
        with store.write() as unit:
            line = StatusChange(
                image_id=0, from_status=PENDING, to_status=status, by="grader", why="HFR", at=CLOCK.now()
            )
            unit.set_status(image, line)
    return image.id or 0


def state(store: Store, key: int) -> tuple[GradingStatus, str, bool]:
    with store.read() as unit:
        image = unit.get(AcquiredImage, key)
    return image.status, image.reject_reason, image.manual


def accepted(store: Store) -> tuple[int, int]:
    with store.read() as unit:
        image = unit.list(AcquiredImage)[0]
        plan = unit.get(ExposurePlan, image.plan_id or 0)
    return plan.acquired, plan.accepted


def grade(store: Store, *ids: int, to: GradingStatus, **fields: object):  # type: ignore[no-untyped-def]
    return grade_manually(ids, ManualGrade(to_status=to, **fields), store=store, clock=CLOCK)


@pytest.mark.parametrize(
    ("before", "after", "counted", "reason"),
    [
        (PENDING, ACCEPTED, 1, ""),
        (PENDING, REJECTED, 0, "Manual"),
        (ACCEPTED, PENDING, 0, ""),
        (ACCEPTED, REJECTED, 0, "Manual"),
        (REJECTED, PENDING, 0, ""),
        (REJECTED, ACCEPTED, 1, ""),
    ],
)
def test_six_transitions(store: Store, before: GradingStatus, after: GradingStatus, counted: int, reason: str) -> None:
    """Each change has the counters and the reason of spec/peers a0.3, and stands by hand unless it clears."""
    key = light(store, before)
    outcome = grade(store, key, to=after)
    assert [each.image_id for each in outcome.changed] == [key]
    assert state(store, key) == (after, reason, after is not PENDING)
    assert accepted(store) == (1, counted)
    with store.read() as unit:
        line = unit.list(StatusChange, image_id=key)[-1]
    assert (line.by, line.from_status, line.to_status, line.batch) == ("user", before, after, outcome.batch)


@pytest.mark.parametrize("status", list(GradingStatus))
def test_the_same_status_again_changes_nothing(store: Store, status: GradingStatus) -> None:
    """No counter, reason, mark or audit line changes, and there is nothing to undo."""
    key = light(store, status)
    before, counts = state(store, key), accepted(store)
    outcome = grade(store, key, to=status)
    assert (outcome.changed, outcome.unchanged, outcome.batch) == ((), 1, None)
    assert (state(store, key), accepted(store)) == (before, counts)
    with pytest.raises(NotFoundError, match="no status was set by hand"):
        undo_manual(store, clock=CLOCK)


def test_what_cannot_be_graded_is_refused_with_its_reason(store: Store) -> None:
    """Grading off, a plan that is gone, a record without one, an id that is not stored: each has its code."""
    off = light(store, target="M 81")
    gone = light(store, plan_id=4711)
    without = light(store, plan_id=None)
    outcome = grade(store, off, gone, without, 99, to=REJECTED)
    assert {each.image_id: each.code for each in outcome.refused} == {
        off: RefusalCode.GRADING_OFF,
        gone: RefusalCode.PLAN_GONE,
        without: RefusalCode.NO_PLAN,
        99: RefusalCode.GONE,
    }
    assert outcome.changed == ()
    whys = {each.image_id: each.reason for each in outcome.refused}
    assert "tsplug project edit 'Galaxies' grading_enabled=yes" in whys[off]
    assert all(f"tsplug images link {key} --plan" in whys[key] for key in (gone, without))
    with store.read() as unit:
        told = may_grade(unit, unit.list(AcquiredImage))
    assert [each.code if each else None for each in told] == ["grading-off", "plan-gone", "no-plan"]


def test_a_deleted_plan_refuses(store: Store) -> None:
    """Once its plan is deleted an image keeps its status for good."""
    key = light(store, ACCEPTED)
    with store.read() as unit:
        plan = unit.get(AcquiredImage, key).plan_id
    delete_record(Request("plan", str(plan)), store)
    assert grade(store, key, to=REJECTED).refused[0].code is RefusalCode.PLAN_GONE
    assert state(store, key)[0] is ACCEPTED


def test_a_status_that_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    """Who saw another status than is stored is told so, and nothing is counted."""
    key = light(store, ACCEPTED)
    outcome = grade(store, key, to=REJECTED, expected=PENDING)
    assert [each.code for each in outcome.refused] == [RefusalCode.CHANGED]
    assert (state(store, key)[0], accepted(store)) == (ACCEPTED, (1, 1))


def test_a_dry_run_tells_and_leaves(store: Store) -> None:
    """What would change is told, nothing does."""
    key = light(store)
    outcome = grade(store, key, to=ACCEPTED, dry_run=True)
    assert ([each.image_id for each in outcome.changed], outcome.batch) == ([key], None)
    assert state(store, key) == (PENDING, "", False)


def test_undo_takes_back_a_bulk_change_as_a_whole(store: Store) -> None:
    """Status, reason, mark and counters are as before, with audit lines for it; the change before comes next."""
    keys = [light(store, status, number=place) for place, status in enumerate((PENDING, ACCEPTED, REJECTED))]
    first = {key: state(store, key) for key in keys}
    grade(store, keys[1], to=REJECTED)
    second = {key: state(store, key) for key in keys}
    grade(store, *keys, to=ACCEPTED, why="seen by eye")
    assert accepted(store) == (3, 3)
    assert len(undo_manual(store, clock=CLOCK).changed) == 3
    assert ({key: state(store, key) for key in keys}, accepted(store)) == (second, (3, 0))
    undo_manual(store, clock=CLOCK)
    assert ({key: state(store, key) for key in keys}, accepted(store)) == (first, (3, 1))
    with store.read() as unit:
        lines = unit.list(StatusChange, image_id=keys[1])
    assert [line.to_status for line in lines] == [ACCEPTED, REJECTED, ACCEPTED, REJECTED, ACCEPTED]
    with pytest.raises(NotFoundError):
        undo_manual(store, clock=CLOCK)


def test_undo_leaves_what_changed_since(store: Store) -> None:
    """An image that a grader or a user changed later keeps that; the others of the change go back."""
    changed, same = light(store), light(store, number=1)
    grade(store, changed, same, to=REJECTED)
    with store.write() as unit:
        image = unit.get(AcquiredImage, changed)
        line = StatusChange(image_id=0, from_status=REJECTED, to_status=ACCEPTED, by="regrade", at=CLOCK.now())
        unit.set_status(image, line)
    outcome = undo_manual(store, clock=CLOCK)
    assert [each.image_id for each in outcome.changed] == [same]
    assert [(each.image_id, each.reason) for each in outcome.refused] == [
        (changed, "since then it became accepted, by regrade")
    ]
    assert (state(store, changed)[0], state(store, same)[0]) == (ACCEPTED, PENDING)


def test_many_pages_are_one_change(store: Store) -> None:
    """More images than are read at once change in one batch, and back in one."""
    keys = [light(store, number=number) for number in range(3)]
    outcome = grade(store, *keys, *range(1000, 1600), to=ACCEPTED)
    assert (len(outcome.changed), len(outcome.refused)) == (3, 600)
    assert len(undo_manual(store, clock=CLOCK).changed) == 3


def test_grading_that_is_switched_off_refuses_at_once(store: Store) -> None:
    """What counts is the project as it is now, not as it was when the image was taken."""
    key = light(store)
    with store.write() as unit:
        project = unit.list(Project, name="Nebulae")[0]
        project.grading_enabled = False
        unit.update(project)
    assert grade(store, key, to=ACCEPTED).refused[0].code is RefusalCode.GRADING_OFF
