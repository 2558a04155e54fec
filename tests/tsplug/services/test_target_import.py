from __future__ import annotations

from typing import Any

import pytest

from tsplug.errors import AmbiguousNameError, InputError, NotFoundError
from tsplug.model import ExposurePlan, OrderAction, OrderItem, Profile, Project, ProjectState, Record, Target
from tsplug.ports import Store
from tsplug.services.target_import import TargetsImport, TargetsRequest, WantedPlan, import_targets
from tsplug.targets import read_targets
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.clock import START

LIST = "Name;RA;Dec;Rotation;ROI\nM 1;5h34m31.9s;+22d00m52s;;\nM 42;5h35m17s;-5d23m28s;90;50\n"
MOSAIC = "Pane,RA,DEC,Position Angle (East),Row,Column\nPane 1,1h,2,160,1,1\nPane 2,1.1h,2,160,1,2\n"


@pytest.fixture
def store() -> Store:
    """Return a store with two projects; *Nebulae* has M 42."""
    return stocked_store()


def bring(store: Store, text: str = LIST, *, dry_run: bool = False, **changes: Any) -> TargetsImport:
    """Import a list into a project."""
    request = TargetsRequest(**{"file": "list.csv", "project": "Winter"} | changes)
    listed = read_targets(text, date=START, mosaic_name=request.project)
    return import_targets(listed, store, request=request, clock=ManualClock(), dry_run=dry_run)


def all_of(store: Store, kind: type[Record], **equals: Any) -> list[Any]:
    """Return all records of a kind."""
    with store.read() as unit:
        return unit.list(kind, **equals)


def done(report: TargetsImport) -> dict[str, str]:
    """Return what became of each target."""
    return {row.name: row.done for row in report.rows}


def test_a_new_project_is_a_draft_with_targets(store: Store) -> None:
    """A project that is not there is made as a draft; rotation and region are taken where the list has them."""
    report = bring(store)
    project = all_of(store, Project, name="Winter")[0]
    assert (report.project_made, project.state, project.is_mosaic) == (True, ProjectState.DRAFT, False)
    first, second = all_of(store, Target, project_id=project.id)
    assert (first.name, first.rotation_deg, first.roi_percent) == ("M 1", 0, 100)
    assert (second.name, second.rotation_deg, second.roi_percent) == ("M 42", 90, 50)
    assert done(report) == {"M 1": "added", "M 42": "added"}


def test_the_second_time_nothing_changes(store: Store) -> None:
    """Importing the same list again leaves everything as it is."""
    bring(store, plans=(WantedPlan(template="L"),))
    before = all_of(store, Target) + all_of(store, ExposurePlan)
    report = bring(store, plans=(WantedPlan(template="L"),))
    assert done(report) == {"M 1": "unchanged", "M 42": "unchanged"}
    assert (report.project_made, report.plans_added) == (False, 0)
    assert all_of(store, Target) + all_of(store, ExposurePlan) == before


def test_targets_that_are_there_stay_or_change(store: Store) -> None:
    """A target of the project's is skipped, or updated on request; its plans stay either way."""
    before = all_of(store, Target, name="M 42")[0]
    assert done(bring(store, project="Nebulae")) == {"M 1": "added", "M 42": "skipped"}
    assert all_of(store, Target, name="M 42")[0] == before
    assert done(bring(store, project="Nebulae", update=True)) == {"M 1": "unchanged", "M 42": "updated"}
    after = all_of(store, Target, name="M 42")[0]
    assert (after.guid, after.rotation_deg, after.roi_percent) == (before.guid, 90, 50)
    assert after.dec_deg == pytest.approx(-(5 + 23 / 60 + 28 / 3600))
    assert len(all_of(store, ExposurePlan, target_id=after.id)) == 2


def test_panels_become_targets_of_a_mosaic(store: Store) -> None:
    """The panels of a mosaic are targets named after it, and their project is a mosaic from then on."""
    report = bring(store, MOSAIC, project="Galaxies")
    assert done(report) == {"Galaxies Panel 1": "added", "Galaxies Panel 2": "added"}
    assert (report.mosaic, all_of(store, Project, name="Galaxies")[0].is_mosaic) == (True, True)


def test_new_targets_get_plans(store: Store) -> None:
    """Every new target gets the wanted plans, by template."""
    plans = (WantedPlan(template="L", desired=40), WantedPlan(template="Ha", desired=20, exposure_s=300))
    assert bring(store, plans=plans).plans_added == 4
    target = all_of(store, Target, name="M 1")[0]
    made = all_of(store, ExposurePlan, target_id=target.id)
    assert [(plan.desired, plan.exposure_s, plan.acquired) for plan in made] == [(40, None, 0), (20, 300, 0)]


def test_new_targets_are_like_another(store: Store) -> None:
    """Plans and order of exposures of a target are taken over, with nothing counted."""
    like = all_of(store, Target, name="M 42")[0]
    first = all_of(store, ExposurePlan, target_id=like.id)[0]
    with store.write() as unit:
        order = [OrderItem(action=OrderAction.EXPOSURE, plan_guid=first.guid)]
        unit.update(like.model_copy(update={"override_order": order}))
    assert bring(store, like=str(like.id)).plans_added == 4
    target = all_of(store, Target, name="M 1")[0]
    made = all_of(store, ExposurePlan, target_id=target.id)
    assert [plan.desired for plan in made] == [6, 10]
    assert [item.plan_guid for item in target.override_order] == [made[0].guid]
    assert made[0].guid != first.guid


def test_good_rows_come_without_the_wrong_ones(store: Store) -> None:
    """Wrong rows are reported; the others are imported."""
    report = bring(store, LIST + "Bad;25h;0;;\n")
    assert [(each.line, each.name) for each in report.problems] == [(4, "Bad")]
    assert report.count("added") == 2


@pytest.mark.parametrize(
    ("text", "strict", "words"),
    [
        (LIST + "Bad;25h;0;;\n", True, r"1 of 3 rows is no target, and --strict takes all or none; .* line 4 \(Bad\)"),
        ("Name;RA;Dec\nBad;25h;0\n", False, r"list\.csv: the only row is no target; nothing was changed: line 2"),
        ("Name;RA;Dec\n" + "Bad;25h;0\n" * 8, False, "8 of 8 rows are no targets; .*; and 3 more"),
    ],
)
def test_all_or_nothing(store: Store, text: str, strict: bool, words: str) -> None:
    """With strict, or where no row is a target, one line tells why and nothing is stored."""
    before = len(all_of(store, Project))
    with pytest.raises(InputError, match=words):
        bring(store, text, strict=strict)
    assert len(all_of(store, Project)) == before


def test_a_dry_run_changes_nothing(store: Store) -> None:
    """A dry run tells what would be done, and leaves the store as it was."""
    before = all_of(store, Target)
    assert bring(store, dry_run=True).count("added") == 2
    assert all_of(store, Target) == before
    assert all_of(store, Project, name="Winter") == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"plans": (WantedPlan(template="OIII"),)}, NotFoundError),
        ({"like": "Nobody"}, NotFoundError),
        ({"profile": "Nobody"}, NotFoundError),
        ({"project": "  "}, InputError),
    ],
)
def test_what_is_not_there_stops_everything(store: Store, changes: dict[str, Any], error: type[Exception]) -> None:
    """A template, target or profile that is not there, and a project without a name, leave the store as it was."""
    with pytest.raises(error):
        bring(store, **changes)
    assert all_of(store, Project, name="Winter") == []


def test_a_new_project_needs_to_know_its_rig(store: Store) -> None:
    """With several rigs a new project goes to the named one, even where another's project has the name."""
    with store.write() as unit:
        other = unit.add(Profile(name="Other"))
    with pytest.raises(InputError, match="is new: give --profile, one of: Refractor, Other"):
        bring(store)
    bring(store, project="Nebulae", profile="Other")
    assert [each.profile_id for each in all_of(store, Project, name="Nebulae")] == [1, other.id]
    with pytest.raises(InputError, match="of another profile"):
        bring(store, profile="Other", like="Rosette")
    with pytest.raises(AmbiguousNameError):
        bring(store, project="Nebulae")
