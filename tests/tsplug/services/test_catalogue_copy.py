from __future__ import annotations

from typing import Any

import pytest

from tsplug.errors import InputError
from tsplug.model import CountAdjustment, ExposurePlan, ExposureTemplate, Target
from tsplug.ports import Store
from tsplug.services.catalogue_add import add_record
from tsplug.services.catalogue_copy import copy_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.catalogue_reset import reset_completion
from tsplug.services.records import record_rows
from tsplug.testing import ManualClock, stocked_store

pytestmark = pytest.mark.both_databases

CLOCK = ManualClock()


@pytest.fixture
def store() -> Store:
    """Return the small catalogue, with exposures counted for M 42 and an order for its plans."""
    stocked = stocked_store()
    edit_record(Request("plan", "M 42/L", ["accepted=4"]), stocked, clock=CLOCK)
    edit_record(Request("target", "M 42", ["override_order=L,dither,Ha"]), stocked, clock=CLOCK)
    return stocked


def copy(store: Store, kind: str, name: str, *fields: str) -> dict[str, Any]:
    """Return the row of a copy."""
    return copy_record(Request(kind, name, fields), store, clock=CLOCK)


@pytest.mark.parametrize(
    ("kind", "name", "copied"),
    [
        ("site", "Sternwarte", "Sternwarte (1)"),
        ("profile", "Refractor", "Refractor (1)"),
        ("project", "Nebulae", "Nebulae (1)"),
        ("target", "Rosette", "Rosette (1)"),
        ("template", "L", "L (1)"),
    ],
)
def test_a_copy_has_its_own_guid_and_a_free_name(store: Store, kind: str, name: str, copied: str) -> None:
    """Copies are numbered; everything else of the record is the original's."""
    before = next(row for row in record_rows(store, kind) if row["name"] == name)
    first = copy(store, kind, name)
    assert first["name"] == copied
    assert first["guid"] != before["guid"]
    assert copy(store, kind, name)["name"] == copied.replace("(1)", "(2)")


def test_a_copied_project_counts_nothing(store: Store) -> None:
    """Targets and plans come along with new guids and zero counts; orders name the new plans."""
    row = copy(store, "project", "Nebulae")
    with store.read() as unit:
        targets = unit.list(Target, project_id=row["id"])
        plans = unit.list(ExposurePlan, target_id=[target.id for target in targets])
        originals = unit.list(ExposurePlan, target_id=[1, 2])
    assert [target.name for target in targets] == ["M 42", "Rosette"]
    assert {(plan.acquired, plan.accepted) for plan in plans} == {(0, 0)}
    assert [plan.desired for plan in plans] == [plan.desired for plan in originals]
    assert not {plan.guid for plan in plans} & {plan.guid for plan in originals}
    assert {item.plan_guid for item in targets[0].override_order if item.plan_guid} == {plans[0].guid, plans[1].guid}
    assert row["created_at"] == row["active_at"]


def test_a_target_is_copied_into_another_project(store: Store) -> None:
    """Elsewhere the name may be free, so it stays."""
    row = copy(store, "target", "M 42", "project=Galaxies", "rotation=90")
    assert (row["name"], row["project"], row["rotation_deg"]) == ("M 42", "Galaxies", 90.0)


def test_a_copy_for_another_profile_has_templates_there(store: Store) -> None:
    """Templates that the other profile lacks are copied to it, once for all plans."""
    add_record(Request("profile", "Newton"), store, clock=CLOCK)
    row = copy(store, "project", "Nebulae", "profile=Newton")
    assert row["name"] == "Nebulae"
    with store.read() as unit:
        assert sorted(each.name for each in unit.list(ExposureTemplate, profile_id=2)) == ["Ha", "L"]


def test_a_copied_plan_begins_at_zero(store: Store) -> None:
    """A plan is copied beside itself or to another target; the order of exposures there is cleared."""
    row = copy(store, "plan", "M 42/L", "desired=7")
    assert (row["desired"], row["accepted"], row["target"]) == (7, 0, "M 42")
    with store.read() as unit:
        assert unit.get(Target, 1).override_order == []


def test_a_name_that_was_given_must_be_free(store: Store) -> None:
    """A given name is taken as it is, or refused."""
    with pytest.raises(InputError, match="there is a target 'Rosette' already"):
        copy(store, "target", "M 42", "name=Rosette")


@pytest.mark.parametrize(("kind", "name", "count"), [("plan", "M 42/L", 1), ("target", "M 42", 2), ("project", "1", 3)])
def test_completion_is_reset_by_adjustments(store: Store, kind: str, name: str, count: int) -> None:
    """Plans count nothing afterwards, and the adjustments beside them say why."""
    rows = reset_completion(Request(kind, name), store, clock=CLOCK)
    assert len(rows) == count
    assert {(row["acquired"], row["accepted"]) for row in rows} == {(0, 0)}
    assert [row["was"]["accepted"] for row in rows if row["template"] == "L"] == [4]
    with store.read() as unit:
        assert [(each.delta, each.why) for each in unit.list(CountAdjustment)] == [(4, "edited"), (-4, "reset")]
