from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tsplug.errors import NotFoundError, StoreError
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    GradingStatus,
    Profile,
    Project,
    StatusChange,
    Target,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import ImageQuery, Store, Unit
from tsplug.testing import stocked_store

pytestmark = pytest.mark.both_databases

START = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED


@pytest.fixture
def store() -> Store:
    return stocked_store()


def image(plan_id: int | None = 1, **fields: Any) -> AcquiredImage:
    values = {
        "plan_id": plan_id,
        "target_id": 1,
        "profile_id": 1,
        "profile_name": "Refractor",
        "project_name": "Nebulae",
        "target_name": "M 42",
        "filter_name": "Ha",
        "file": "light.fits",
        "started": START,
        "acquired": START + timedelta(seconds=300),
        "exposure_s": 300.0,
    }
    return AcquiredImage(**{**values, **fields})


def change(to: GradingStatus, *, before: GradingStatus = PENDING, why: str = "") -> StatusChange:
    return StatusChange(image_id=0, from_status=before, to_status=to, by="test", why=why, at=START)


def counters(unit: Unit, plan_id: int = 1) -> tuple[int, int]:
    plan = unit.get(ExposurePlan, plan_id)
    return plan.acquired, plan.accepted


def test_record_comes_back_as_it_was_stored(store: Store) -> None:
    """Every kind of field survives storing: moments, words, mappings, absent values; its night and id are added."""
    made = image(metrics={"hfr": 2.5}, rotation_deg=None, gain=100, pier_side="East")
    with store.write() as unit:
        stored = unit.add_image(made)
    with store.read() as unit:
        added = {"id": stored.id, "session_date": date(2026, 1, 15)}
        assert unit.get(AcquiredImage, stored.id) == stored == made.model_copy(update=added)
        assert unit.get(Profile, 1).filters == ["L", "R", "G", "B", "Ha"]


def test_moment_of_another_zone_comes_back_in_utc(store: Store) -> None:
    """A moment is one moment whatever zone it was written in, to the microsecond."""
    moment = datetime.fromisoformat("2026-01-15T22:00:00.000123+02:00")
    with store.write() as unit:
        stored = unit.add_image(image(started=moment))
    with store.read() as unit:
        assert unit.get(AcquiredImage, stored.id).started.isoformat() == "2026-01-15T20:00:00.000123+00:00"


def test_number_that_is_not_finite_is_left_out(store: Store) -> None:
    """A metric or input that is no number is not stored, whatever computed it."""
    with store.write() as unit:
        stored = unit.add_image(image(metrics={"hfr": float("nan"), "fwhm": 3.0}))
        inputs = {"bounds": [1.0, float("inf")], "centre": float("nan")}
        unit.add(
            Verdict(
                image_id=stored.id or 0,
                grader="g",
                version="1",
                status=VerdictStatus.ABSTAIN,
                inputs=inputs,
                judged_at=START,
            )
        )
    with store.read() as unit:
        assert unit.get(AcquiredImage, stored.id).metrics == {"fwhm": 3.0}
        assert unit.list(Verdict)[0].inputs == {"bounds": [1.0, None]}


def test_missing_record_is_named(store: Store) -> None:
    """Asking for, or changing, a record that is not there says which."""
    with store.write() as unit:
        with pytest.raises(NotFoundError, match="no Target with id 99"):
            unit.get(Target, 99)
        with pytest.raises(NotFoundError, match="no AcquiredImage with id 77"):
            unit.update(image(id=77))


def test_find_and_list_select_by_equality(store: Store) -> None:
    """Values select what equals them, None what is not set, sequences any of their members."""
    with store.read() as unit:
        assert unit.find(Project, name="Galaxies") == unit.get(Project, 2)
        assert unit.find(Project, name="None such") is None
        assert [target.name for target in unit.list(Target, project_id=(1, 2))] == ["M 42", "Rosette", "M 81"]
        assert len(unit.list(ExposurePlan, exposure_s=None)) == 7
        assert unit.list(Target, project_id=[]) == []
        with pytest.raises(ValueError, match="Target has no field 'colour'"):
            unit.find(Target, colour="red")


def test_images_are_selected_and_ordered(store: Store) -> None:
    """A query bounds the start of exposures, from inclusive, before exclusive, and orders by it both ways."""
    with store.write() as unit:
        for hour in range(4):
            unit.add_image(image(started=START + timedelta(hours=hour), detector="d" if hour else None))
        bounds = {"started_from": START + timedelta(hours=1), "started_before": START + timedelta(hours=3)}
        assert [found.started.hour for found in unit.images(ImageQuery(**bounds))] == [22, 21]
        assert [found.started.hour for found in unit.images(ImageQuery(newest_first=False, limit=2))] == [20, 21]
        assert [found.started.hour for found in unit.images(ImageQuery(unmeasured=True))] == [20]
        assert unit.images(ImageQuery(status=REJECTED)) == []


def test_update_writes_neither_status_nor_counters(store: Store) -> None:
    """A changed record keeps the stored status, reason and counters: other calls change those."""
    with store.write() as unit:
        stored = unit.add_image(image())
        plan = unit.get(ExposurePlan, 1)
        unit.update(stored.model_copy(update={"status": REJECTED, "reject_reason": "x", "score": 0.5}))
        unit.update(plan.model_copy(update={"acquired": 0, "accepted": 9, "desired": 40}))
        now = unit.get(AcquiredImage, stored.id)
        assert (now.status, now.reject_reason, now.score) == (PENDING, "", 0.5)
        assert (counters(unit), unit.get(ExposurePlan, 1).desired) == ((1, 0), 40)


def test_image_that_moves_to_another_plan_counts_there(store: Store) -> None:
    """Linking an image to another plan moves its share of both counters."""
    with store.write() as unit:
        stored = unit.add_image(image(status=ACCEPTED))
        unit.update(stored.model_copy(update={"plan_id": 2}))
        assert (counters(unit, 1), counters(unit, 2)) == ((0, 0), (1, 1))


def test_status_changes_counters_reason_and_trail(store: Store) -> None:
    """One call changes status, reject reason, accepted counter and audit trail."""
    with store.write() as unit:
        stored = unit.add_image(image())
        accepted = unit.set_status(stored, change(ACCEPTED))
        assert accepted is not None
        assert counters(unit) == (1, 1)
        rejected = unit.set_status(accepted, change(REJECTED, before=ACCEPTED, why="HFR"))
        assert rejected is not None
        assert (rejected.status, rejected.reject_reason, counters(unit)) == (REJECTED, "HFR", (1, 0))
        assert [line.to_status for line in unit.list(StatusChange, image_id=stored.id)] == [ACCEPTED, REJECTED]


def test_status_changed_meanwhile_is_left_alone(store: Store) -> None:
    """A change that expects another status changes nothing and says so with None."""
    with store.write() as unit:
        stored = unit.add_image(image())
        assert unit.set_status(stored, change(REJECTED, before=ACCEPTED)) is None
        assert (unit.get(AcquiredImage, stored.id).status, unit.list(StatusChange)) == (PENDING, [])


def test_same_status_again_is_a_no_op(store: Store) -> None:
    """Accepting an accepted image changes no counter and leaves no audit line."""
    with store.write() as unit:
        stored = unit.add_image(image(status=ACCEPTED))
        assert unit.set_status(stored, change(ACCEPTED, before=ACCEPTED)) == stored
        assert (counters(unit), unit.list(StatusChange)) == ((1, 1), [])


def test_counter_stays_at_zero_with_an_adjustment(store: Store) -> None:
    """A counter never goes below zero, and the adjustment that keeps it there keeps the sum right."""
    with store.write() as unit:
        stored = unit.add_image(image(status=ACCEPTED))
        unit.adjust_counter(1, Counter.ACCEPTED, delta=-5, why="reset", at=START)
        assert [line.delta for line in unit.list(CountAdjustment)] == [-1]
        unit.set_status(stored, change(REJECTED, before=ACCEPTED))
        assert counters(unit) == (1, 0)
        assert [line.delta for line in unit.list(CountAdjustment)] == [-1, 1]


def test_purged_image_leaves_counters_where_they_are(store: Store) -> None:
    """Removing an image moves its share of both counters into adjustments and takes its audit trail along."""
    with store.write() as unit:
        stored = unit.add_image(image())
        unit.set_status(stored, change(ACCEPTED))
        unit.delete(stored)
        assert counters(unit) == (1, 1)
        assert [(line.counter, line.delta) for line in unit.list(CountAdjustment)] == [("acquired", 1), ("accepted", 1)]
        assert unit.list(StatusChange) == []


def test_id_is_never_given_out_twice(store: Store) -> None:
    """A new target does not inherit the images of a deleted one."""
    with store.write() as unit:
        first = unit.add(Target(project_id=1, name="A", ra_hours=1, dec_deg=1))
        unit.delete(first)
        assert unit.add(Target(project_id=1, name="B", ra_hours=1, dec_deg=1)).id == (first.id or 0) + 1


def test_image_outlives_its_plan(store: Store) -> None:
    """An image whose plan is gone can change status; nothing is counted."""
    with store.write() as unit:
        stored = unit.add_image(image(plan_id=1))
        unit.delete(unit.get(ExposurePlan, 1))
        judged = unit.set_status(stored, change(ACCEPTED))
        assert judged is not None
        assert (judged.plan_id, judged.status) == (1, ACCEPTED)


def test_plan_with_counters_is_refused(store: Store) -> None:
    """A new plan cannot bring counters that nothing accounts for."""
    with store.write() as unit, pytest.raises(StoreError, match="starts at zero"):
        unit.add(ExposurePlan(target_id=1, template_id=1, acquired=3))


def test_reading_unit_refuses_changes(store: Store) -> None:
    """A unit opened for reading says how to write."""
    with store.read() as unit, pytest.raises(StoreError, match=r"store\.write"):
        unit.add_image(image())


def test_recount_follows_rows_and_adjustments(store: Store) -> None:
    """Counting again yields what images and adjustments come to."""
    with store.write() as unit:
        unit.add_image(image(status=ACCEPTED))
        unit.adjust_counter(1, Counter.ACQUIRED, delta=4, why="imported", at=START)
        unit.recount(1)
        assert counters(unit) == (5, 1)
