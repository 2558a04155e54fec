from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tsplug.errors import StoreError
from tsplug.model import AcquiredImage, CountAdjustment, ExposurePlan, Project, PurgedImage, Target
from tsplug.ports import Store, ids_of
from tsplug.testing import stocked_store, store_light

pytestmark = pytest.mark.both_databases


@pytest.fixture
def store() -> Store:
    """Return the small catalogue with two lights of M 42."""
    stocked = stocked_store()
    for minute in range(2):
        store_light(stocked, "M 42", filter_name="L", started=datetime(2026, 1, 15, 20, minute, tzinfo=UTC))
    return stocked


def test_records_are_found_through_others(store: Store) -> None:
    """The ids of other records stand as a value, nested and beside plain ids."""
    with store.read() as unit:
        nebulae = ids_of(Target, project_id=ids_of(Project, name="Nebulae"))
        assert unit.count(ExposurePlan, target_id=nebulae) == len(unit.list(ExposurePlan, target_id=nebulae)) == 3
        assert unit.count(Target, id=[3, ids_of(Target, name="M 42")]) == 2
        assert unit.count(Target, id=[]) == 0
        assert unit.count(Target, priority=[None, 2]) == unit.count(Target, priority=None) == 3


def test_many_are_changed_at_once(store: Store) -> None:
    """Fields of all records that fit get a value; the others keep theirs."""
    with store.write() as unit:
        assert unit.set_all(Target, {"enabled": False}, project_id=1) == 2
        assert [target.enabled for target in unit.list(Target)] == [False, False, True]


@pytest.mark.parametrize("field", ["status", "reject_reason", "plan_id", "id"])
def test_what_is_counted_is_not_changed_at_once(store: Store, field: str) -> None:
    """Status and plan of images change only where the counters follow."""
    with store.write() as unit, pytest.raises(StoreError, match=field):
        unit.set_all(AcquiredImage, {field: None})


def test_many_images_go_at_once(store: Store) -> None:
    """Their plan keeps its counters, by an adjustment, and their guids are remembered."""
    with store.write() as unit:
        guids = {(each.guid, 1) for each in unit.list(AcquiredImage, target_id=1)}
        assert unit.delete_all(AcquiredImage, target_id=1) == 2
        assert [(each.delta, each.why) for each in unit.list(CountAdjustment)] == [(2, "purged")]
        assert unit.get(ExposurePlan, 2).acquired == 2
        assert {(each.guid, each.target_id) for each in unit.list(PurgedImage)} == guids
    with store.read() as unit, pytest.raises(StoreError, match="only reads"):
        unit.delete_all(Target)


def test_what_was_purged_is_remembered_while_its_target_lives(store: Store) -> None:
    """A guid that comes back and goes again is kept once, and forgotten with its target."""
    with store.write() as unit:
        first, second = unit.list(AcquiredImage, target_id=1)
        unit.delete(first)
        again = unit.add_image(first.model_copy(update={"id": None}))
        unit.delete(again)
        unit.delete(unit.add_image(second.model_copy(update={"id": None, "guid": "lone", "target_id": 99})))
        assert {(each.guid, each.target_id) for each in unit.list(PurgedImage)} == {(first.guid, 1), ("lone", None)}
        unit.delete_all(ExposurePlan, target_id=1)
        unit.delete(unit.get(Target, 1))
        assert [each.guid for each in unit.list(PurgedImage)] == ["lone"]
