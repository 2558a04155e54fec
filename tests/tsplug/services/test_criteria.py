"""Sets of criteria in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tsplug.errors import InputError, NotFoundError
from tsplug.model import CriteriaRow, CriteriaSet, Profile
from tsplug.ports import Store
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.criteria import (
    add_criteria,
    copy_criteria,
    default_criteria,
    delete_criteria,
    edit_criteria,
    list_criteria,
    replace_criteria,
    show_criteria,
)
from tsplug.services.criteria_documents import default_document, document_of
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import ManualClock


@pytest.fixture
def store() -> Store:
    """Return a catalogue with the default set."""
    store = stocked_store()
    add_criteria(default_document("Sharp"), store)
    return store


def assign(store: Store, name: str) -> dict[str, Any]:
    """Let the profile grade by a set."""
    return edit_record(Request("profile", "Refractor", [f"grader.criteria_set={name}"]), store, clock=ManualClock())


def graded_by(store: Store) -> str:
    """Return the name of the set that the profile grades by."""
    with store.read() as unit:
        return unit.list(Profile)[0].grader.criteria_set


def test_the_default_set_has_seven_rows(store: Store) -> None:
    """Rows, weights and limits are those of the field; thresholds too."""
    row = show_criteria(store, "sharp")
    weights = {each["metric"]: each["weight"] for each in row["rows"]}
    assert sum(weights.values()) == pytest.approx(0.84)
    assert list(weights) == [
        "hfr", "star_count", "guiding_rms", "altitude", "sky_quality", "wind_speed", "cloud_cover"
    ]  # fmt: skip
    assert [row[f"threshold_{band}"] for band in "abcd"] == [90, 80, 70, 60]
    assert [each["name"] for each in list_criteria(store)] == ["Sharp"]


def test_a_row_is_edited_added_and_taken_away(store: Store) -> None:
    """One command changes limits, adds a row with its metric's defaults and drops another."""
    row = edit_criteria("Sharp", ["hfr.good=1.9", "threshold_a=92", "snr.weight=0.3", "altitude=none"], store=store)
    rows = {each["metric"]: each for each in row["rows"]}
    assert (rows["hfr"]["good"], row["threshold_a"], "altitude" in rows) == (1.9, 92, False)
    assert (rows["snr"]["good"], rows["snr"]["bad"], rows["snr"]["trend"]) == (25, 5, "higher_is_better")
    changed = {each["field"]: (each["from"], each["to"]) for each in row["changes"]}
    assert (changed["hfr.good"], changed["altitude.weight"]) == ((1.8, 1.9), (0.08, None))
    assert show_criteria(store, "Sharp")["guid"] == row["guid"]


def test_a_refused_or_rehearsed_change_leaves_the_set_alone(store: Store) -> None:
    """Nothing of a contradictory change is stored, nor of a dry run."""
    before = show_criteria(store, "Sharp")
    with pytest.raises(InputError, match=r"hfr\.good: must lie below bad"):
        edit_criteria("Sharp", ["altitude.weight=1", "hfr.good=7"], store=store)
    assert edit_criteria("Sharp", ["hfr.good=1"], store=store, dry_run=True)["rows"][0]["good"] == 1
    assert show_criteria(store, "Sharp") == before


def test_a_document_makes_the_same_set_again(store: Store) -> None:
    """What is told of a set can be read back, also in place of another."""
    edit_criteria("Sharp", ["hfr.deviation=yes", "star_count.gate=1", "minimum_coverage=0.5"], store=store)
    with store.read() as unit:
        document = document_of(default_criteria()) | {"name": "Sharp"}
        assert unit.count(CriteriaRow) == 7
    assert len(replace_criteria("Sharp", document, store=store)["changes"]) == 3
    assert replace_criteria("Sharp", document, store=store)["changes"] == []


def test_names_are_taken_once(store: Store) -> None:
    """Neither a new set nor a renamed one takes the name of another, capitals aside."""
    add_criteria(default_document("Wide"), store)
    with pytest.raises(InputError, match="there is a criteria set 'Sharp' already"):
        add_criteria(default_document("SHARP"), store)
    with pytest.raises(InputError, match="there is a criteria set 'Sharp' already"):
        edit_criteria("Wide", ["name=sharp"], store=store)
    assert edit_criteria("Wide", ["name=wide"], store=store)["name"] == "wide"


def test_a_copy_differs_where_it_is_told_to(store: Store) -> None:
    """Copies get a name of their own, and their own rows."""
    assert copy_criteria("Sharp", [], store=store)["name"] == "Sharp (1)"
    assert copy_criteria("Sharp", ["hfr.good=1.5"], store=store)["name"] == "Sharp (2)"
    assert copy_criteria("Sharp", ["name=Mine"], store=store)["name"] == "Mine"
    goods = [each["rows"][0]["good"] for each in list_criteria(store)]
    assert goods == [1.8, 1.8, 1.5, 1.8]


def test_a_profile_grades_by_a_stored_set(store: Store) -> None:
    """The preference takes the set's own name, refuses an unknown one, and is taken away by none."""
    assert assign(store, "sharp")["grader"]["criteria_set"] == "Sharp"
    assert show_criteria(store, "Sharp")["profiles"] == ["Refractor"]
    with pytest.raises(InputError, match="no criteria set 'Soft' is stored"):
        assign(store, "Soft")
    assert assign(store, "none")["grader"]["criteria_set"] == ""


def test_a_renamed_set_stays_assigned(store: Store) -> None:
    """Profiles that grade by a set follow its new name."""
    assign(store, "Sharp")
    assert edit_criteria("Sharp", ["name=Sharper"], store=store)["notes"] == [
        "profile 'Refractor' goes on grading by it"
    ]
    assert graded_by(store) == "Sharper"


@pytest.mark.parametrize(
    ("change", "doing"),
    [
        (lambda store: delete_criteria("default", store=store), "deleted"),
        (lambda store: edit_criteria("Default", ["hfr.weight=1"], store=store), "changed"),
    ],
)
def test_the_built_in_set_is_nobodys_to_change(store: Store, change: Callable[[Store], object], *, doing: str) -> None:
    """It is not in the store, and the message says how to get a set of one's own."""
    with pytest.raises(InputError, match=f"is built in and cannot be {doing}; `tsplug criteria copy .* name=MINE`"):
        change(store)


def test_a_set_in_use_is_not_deleted(store: Store) -> None:
    """Deleting what a profile grades by is refused; afterwards its rows go with it."""
    assign(store, "Sharp")
    with pytest.raises(InputError, match="profile 'Refractor' grades by 'Sharp'"):
        delete_criteria("Sharp", store=store)
    assign(store, "none")
    delete_criteria("Sharp", store=store)
    with store.read() as unit:
        assert (unit.count(CriteriaSet), unit.count(CriteriaRow)) == (0, 0)
    with pytest.raises(NotFoundError, match="no criteria set 'Sharp' is stored"):
        show_criteria(store, "Sharp")
