from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tsplug.errors import InputError
from tsplug.grading.checks import OWN_CHECKS
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    Project,
    Target,
)
from tsplug.ports import Store
from tsplug.services.catalogue_add import add_record
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.doctor import examine
from tsplug.testing import ManualClock, PresentFiles, stocked_store, store_light

pytestmark = pytest.mark.both_databases

NIGHT = datetime(2026, 1, 15, 20, tzinfo=UTC)
CLOCK = ManualClock()


@pytest.fixture
def store() -> Store:
    """Return the small catalogue with three lights of M 42 and flat history of one session."""
    stocked = stocked_store()
    for minute in range(3):
        store_light(stocked, "M 42", filter_name="L", started=NIGHT.replace(minute=minute))
    history = {"session_date": NIGHT.date(), "session_id": 1, "filter_name": "L", "taken_at": NIGHT}
    with stocked.write() as unit:
        unit.add(FlatHistory(profile_id=1, target_id=1, target_name="M 42", project_name="Nebulae", **history))
    return stocked


def edit(store: Store, kind: str, name: str, *fields: str) -> dict[str, Any]:
    """Return the row of an edited record."""
    return edit_record(Request(kind, name, fields), store, clock=CLOCK)


def add(store: Store, kind: str, name: str, *fields: str) -> dict[str, Any]:
    """Return the row of an added record."""
    return add_record(Request(kind, name, fields), store, clock=CLOCK)


def broken(store: Store) -> list[str]:
    """Return which counters and references are wrong."""
    found = examine(store, PresentFiles()).problems
    return [
        f"{each.subject}: {each.found}" for each in found if "count" in each.invariant or "references" in each.invariant
    ]


def second_rig(store: Store, *, filters: str = "L,Ha") -> None:
    """Add a second profile with a project."""
    add(store, "profile", "Newton", f"filters={filters}")
    add(store, "project", "Far", "profile=Newton")


def test_a_plan_is_edited(store: Store) -> None:
    """The accepted counter changes by an adjustment that says so; the change is told."""
    row = edit(store, "plan", "M 42/L", "desired=40", "accepted=12")
    assert (row["desired"], row["accepted"], row["acquired"]) == (40, 12, 3)
    assert {"field": "desired", "from": 10, "to": 40} in row["changes"]
    with store.read() as unit:
        notes = [(each.counter.value, each.delta, each.why) for each in unit.list(CountAdjustment)]
    assert notes == [("accepted", 12, "edited")]
    assert broken(store) == []


def test_a_dry_run_tells_and_changes_nothing(store: Store) -> None:
    """What would change is told as if it had."""
    row = edit_record(Request("plan", "M 42/L", ["desired=40"]), store, clock=CLOCK, dry_run=True)
    assert row["desired"] == 40
    with store.read() as unit:
        assert unit.get(ExposurePlan, row["id"]).desired == 10


@pytest.mark.parametrize(
    ("kind", "name", "fields", "said"),
    [
        ("plan", "M 42/L", ["desired=100000"], "desired: must be within 0 to 99999, not 100000"),
        ("plan", "M 42/L", ["accepted=100000"], "accepted: must be within 0 to 99999"),
        ("target", "M 42", ["roi=0", "rotation=400"], "rotation_deg: must be at least 0 and below 360, not 400"),
        ("target", "M 42", ["name= "], "name: must not be empty"),
        ("target", "M 42", ["name=Rosette"], "name: there is a target 'Rosette' already"),
        ("target", "M 42", ["project=Nowhere"], "project: no project 'Nowhere' is stored"),
        ("target", "M 42", ["override_order=L,X"], "override_order: 'X' is not one plan"),
        ("project", "Nebulae", ["created_at=2026-01-01T00:00:00Z"], "created_at: is where the session ids begin"),
        ("project", "Nebulae", ["meridian_window=10"], "minimum_time_min: must be at most 20, twice"),
        ("project", "Nebulae", ["maximum_altitude=10"], "maximum_altitude_deg: must be above"),
        ("project", "Nebulae", ["contributors=Refractor"], "contributors: 'Refractor' owns the project"),
        ("project", "Nebulae", ["rule_weights.percent complete=101"], "the weight of rule 'Percent Complete'"),
        ("template", "L", ["filter=OIII"], "filter_name: profile 'Refractor' has no filter 'OIII', only L, R"),
        (
            "profile",
            "Refractor",
            ["grader.delay_percent=101"],
            "grader.delay_percent: must be within 0 to 100, not 101",
        ),
        ("profile", "Refractor", ["filters=L,L"], "filters: a filter name occurs twice"),
        ("site", "Sternwarte", ["time_zone=Mars"], "time_zone: unknown time zone 'Mars'"),
        (
            "profile",
            "Refractor",
            ["pipeline.keyword_names.hfr=TSUID", "pipeline.keyword_names.snr=X", "pipeline.keyword_names.noise=X"],
            "pipeline.keyword_names.hfr: TSUID stands for the identifier of the frame",
        ),
    ],
)
def test_what_is_wrong_is_refused(store: Store, kind: str, name: str, fields: list[str], said: str) -> None:
    """A wrong value is named with its field and range, and nothing is changed."""
    with pytest.raises(InputError) as caught:
        edit(store, kind, name, *fields)
    assert said in str(caught.value)


def test_states_have_their_dates(store: Store) -> None:
    """Entering a state sets its date; one that is given stays, and editing something else sets none."""
    edit(store, "project", "Nebulae", "state=closed")
    row = edit(store, "project", "Nebulae", "state=inactive", "inactive_at=2026-01-01T00:00:00+01:00")
    assert row["closed_at"] == CLOCK.now().isoformat().replace("+00:00", "Z")
    assert row["inactive_at"] == "2025-12-31T23:00:00Z"
    assert edit(store, "project", "Nebulae", "priority=low")["inactive_at"] == row["inactive_at"]


def test_a_moved_target_keeps_everything(store: Store) -> None:
    """Counts, images and flat history follow to the other project, also of a plan that was deleted."""
    delete_record(Request("plan", "M 42/L"), store)
    row = edit(store, "target", "M 42", "project=Galaxies")
    assert row["project"] == "Galaxies"
    with store.read() as unit:
        assert {(each.project_id, each.project_name) for each in unit.list(AcquiredImage)} == {(2, "Galaxies")}
        assert [each.project_name for each in unit.list(FlatHistory)] == ["Galaxies"]
    assert row["changes"] == [{"field": "project", "from": "Nebulae", "to": "Galaxies"}]
    assert broken(store) == []


def test_a_target_moves_to_another_profile(store: Store) -> None:
    """Its plans get templates there: those of the same name and filter, or copies."""
    second_rig(store)
    add(store, "template", "L", "filter=L", "profile=Newton", "exposure=7")
    row = edit(store, "target", "M 42", "project=Far")
    assert "copied template 'Ha' to profile 'Newton'" in row["notes"]
    with store.read() as unit:
        plans = unit.list(ExposurePlan, target_id=row["id"])
        owners = {unit.get(ExposureTemplate, plan.template_id).profile_id for plan in plans}
    assert owners == {2}
    assert sum(plan.acquired for plan in plans) == 3


def test_a_move_that_cannot_be_changes_nothing(store: Store) -> None:
    """A filter that the other profile lacks refuses the move as a whole."""
    second_rig(store, filters="L")
    with pytest.raises(InputError, match="'Newton' has no filter 'Ha'"):
        edit(store, "target", "M 42", "project=Far")
    with store.read() as unit:
        assert unit.get(Target, 1).project_id == 1
        assert len(unit.list(ExposureTemplate)) == 5


def test_a_project_moves_to_another_profile(store: Store) -> None:
    """Its plans get templates there, and the new owner no longer contributes."""
    add(store, "profile", "Newton")
    edit(store, "project", "Nebulae", "contributors=Newton")
    row = edit(store, "project", "Nebulae", "profile=Newton")
    assert (row["profile"], row["contributors"]) == ("Newton", [])


@pytest.mark.parametrize(
    ("kind", "name", "field", "order", "cadence"),
    [
        ("plan", "M 42/L", "enabled=no", 0, 0),
        ("plan", "M 42/L", "template=R", 0, 0),
        ("plan", "M 42/L", "desired=3", 3, 1),
        ("project", "Nebulae", "filter_switch_frequency=2", 3, 0),
        ("project", "Nebulae", "dither_every=2", 3, 1),
        ("target", "M 42", "override_order=L", 1, 0),
        ("target", "M 42", "project=Galaxies", 3, 0),
    ],
)
def test_orders_are_cleared_when_they_no_longer_fit(
    store: Store, kind: str, name: str, *, field: str, order: int, cadence: int
) -> None:
    """The order of exposures and the filter cadence go with the plans they name, and only then."""
    edit(store, "target", "M 42", "override_order=L,dither,Ha")
    with store.write() as unit:
        target = unit.get(Target, 1)
        target.filter_cadence = [{"action": "dither", "next": True}]
        unit.update(target)
    edit(store, kind, name, field)
    with store.read() as unit:
        target = unit.get(Target, 1)
    assert (len(target.override_order), len(target.filter_cadence)) == (order, cadence)


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("profile", "Refractor", "profile_name"),
        ("project", "Nebulae", "project_name"),
        ("target", "M 42", "target_name"),
        ("template", "L", "template_name"),
    ],
)
def test_images_follow_a_new_name(store: Store, kind: str, name: str, field: str) -> None:
    """The names kept beside images are those of today."""
    edit(store, kind, name, "name=Größe \"8' 🔭")
    with store.read() as unit:
        assert {getattr(image, field) for image in unit.list(AcquiredImage)} == {"Größe \"8' 🔭"}


def test_contributors_are_set(store: Store) -> None:
    """The named profiles contribute, and no other."""
    for name in ("A", "B", "C, D"):
        add(store, "profile", name)
    assert edit(store, "project", "Nebulae", "contributors=A,B")["contributors"] == ["A", "B"]
    row = edit(store, "project", "Nebulae", 'contributors=["B", "C, D"]')
    assert row["changes"] == [{"field": "contributors", "from": ["A", "B"], "to": ["B", "C, D"]}]
    assert edit(store, "project", "Nebulae", "contributors=none")["contributors"] == []


def test_a_removed_filter_is_told(store: Store) -> None:
    """Templates of a filter that the wheel no longer has are named."""
    row = edit(store, "profile", "Refractor", "filters=L,R,G,B")
    assert row["notes"] == ["template 'Ha' exposes filter 'Ha', which the profile no longer has"]


def test_many_projects_are_ambiguous_without_a_profile(store: Store) -> None:
    """A name that two profiles use is found in the chosen one."""
    second_rig(store)
    edit(store, "project", "Far", "name=Nebulae")
    with pytest.raises(InputError, match="use an id, one of 1, 3"):
        edit(store, "project", "Nebulae", "priority=low")
    request = Request("project", "Nebulae", ["priority=low"], profile="Newton")
    assert edit_record(request, store, clock=CLOCK)["id"] == 3
    with store.read() as unit:
        assert unit.get(Project, 1).priority == 2


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("pipeline.solvers=nova", "there is no solver 'nova'; there are matcher, solve-field, astap"),
        ("pipeline.modules.previews=no", "pipeline.modules.previews: unknown; there are preview, theirs"),
    ],
)
def test_what_no_package_brings_cannot_be_switched(store: Store, field: str, said: str) -> None:
    """A misspelt solver or module is refused with those there are; what an uninstalled one left can be taken away."""
    modules = ("preview", "theirs")
    with pytest.raises(InputError, match=said):
        edit_record(Request("profile", "1", [field], modules=modules), store, clock=CLOCK)
    fields = ["pipeline.modules.theirs=no", "pipeline.modules.gone=none", "pipeline.solvers=astap, matcher"]
    row = edit_record(Request("profile", "1", fields, modules=modules), store, clock=CLOCK)
    assert (row["pipeline"]["modules"], row["pipeline"]["solvers"]) == ({"theirs": False}, ["astap", "matcher"])


@pytest.mark.parametrize("metric", [check.metric for check in OWN_CHECKS])
def test_a_metric_with_preferences_of_its_own_leads_to_them(store: Store, metric: str) -> None:
    """Who asks for it as for the other metrics is told what it is called."""
    with pytest.raises(InputError, match=rf"grader.metrics.{metric}.grade: has preferences of its own: grader.grade_"):
        edit(store, "profile", "1", f"grader.metrics.{metric}.grade=yes")


def test_a_moon_rule_that_is_off_is_told(store: Store) -> None:
    """That the Moon must be down is heard with Moon avoidance only: told when it is typed, and by the doctor."""
    said = "moon_must_be_down does nothing without moon_avoidance"
    made = add(store, "template", "Dark", "filter=L", "moon_must_be_down=yes")
    assert made["notes"] == edit(store, "template", "Dark", "gain=90")["notes"] == [said]
    (found,) = examine(store, PresentFiles()).warnings
    assert (found.found, found.fix) == (said, "tsplug template edit Dark moon_avoidance=yes")
    assert edit(store, "template", "Dark", "moon_avoidance=yes")["notes"] == []
    assert examine(store, PresentFiles()).warnings == ()


def test_weights_that_differ_much_from_another_projects_are_told(store: Store) -> None:
    """Scores are not normalised: the project with the larger weights wins nearly always."""
    add(store, "project", "Far", "profile=Refractor", "state=active")
    weights = [
        "Project Priority",
        "Percent Complete",
        "Setting Soonest",
        "Meridian Window Priority",
        "Mosaic Completion",
    ]
    edited = [f"rule_weights.{name}=100" for name in [*weights, "Smart Exposure Order", "Meridian Flip Penalty"]]
    told = edit(store, "project", "Far", *edited)["notes"]
    assert told == [
        "the rule weights of project Far add up to 767, those of Galaxies to 292: Far wins nearly always; weights that "
        "add up alike leave it to the rules"
    ]
    assert edit(store, "project", "Far", "priority=low")["notes"] == []
    assert edit(store, "project", "Far", "state=inactive")["notes"] == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (
            (),
            "no time zone was given: nights and times go by Etc/GMT+7, that of the longitude, without summer time; give"
            " the right one with: tsplug site edit 'Mesa' time_zone=NAME",
        ),
        (("time_zone=UTC",), "UTC is no zone of longitude -105: nights are counted by Etc/GMT+7 instead"),
        (("time_zone=America/Denver",), ""),
    ],
)
def test_a_new_site_says_where_its_nights_begin(store: Store, zone: tuple[str, ...], said: str) -> None:
    """A site without a time zone of its place is told so when it is made, and again by the doctor."""
    row = add(store, "site", "Mesa", "latitude=40", "longitude=-105", *zone)
    assert row["notes"] == ([said] if said else [])
    found = [each for each in examine(store, PresentFiles()).warnings if "time zone" in each.invariant]
    assert [each.fix for each in found] == (["tsplug site edit 'Mesa' time_zone=NAME"] if said else [])
