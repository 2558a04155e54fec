from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tsplug.errors import AmbiguousNameError, InputError
from tsplug.model import (
    Counter,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    Record,
    Site,
    Target,
    TrainedFlat,
)
from tsplug.ports import Store
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue, memory_store, stocked_store

pytestmark = pytest.mark.both_databases

KINDS: tuple[type[Record], ...] = (Site, Profile, Project, Target, ExposureTemplate, ExposurePlan, TrainedFlat)
Change = Callable[[dict[str, Any]], object]


def everything(store: Store) -> list[list[Record]]:
    with store.read() as unit:
        return [unit.list(kind) for kind in KINDS]


def load(store: Store, change: Change = lambda document: None) -> Profile:
    document = first_catalogue()
    change(document)
    clock = ManualClock()
    clock.advance(3600)
    return load_catalogue(document, store, clock=clock)


def test_document_fills_the_store() -> None:
    """A document's site, rig, templates, projects, targets, plans and trained flats are all stored."""
    store = memory_store()
    profile = load(store)
    counts = [len(records) for records in everything(store)]
    assert (profile.name, counts) == ("Refractor", [1, 1, 2, 3, 5, 7, 5])


def test_loading_again_changes_nothing() -> None:
    """Records are recognised by name, so that a second load is without effect, guids and times included."""
    store = stocked_store()
    before = everything(store)
    load(store)
    assert everything(store) == before


def test_changed_fields_are_brought_up_to_date() -> None:
    """A field that a document changes changes in the store; what it does not name stays, counters above all."""
    store = stocked_store()
    with store.write() as unit:
        unit.adjust_counter(1, Counter.ACQUIRED, delta=3, why="imported", at=ManualClock().now())
        project = unit.get(Project, 1)
        unit.update(project.model_copy(update={"description": "by hand"}))
    load(store, lambda document: document["projects"][0]["targets"][0]["plans"][0].update(desired=40))
    with store.read() as unit:
        plan = unit.get(ExposurePlan, 1)
        assert (plan.desired, plan.acquired, unit.get(Project, 1).description) == (40, 3, "by hand")


def test_preferences_merge() -> None:
    """A document names only the preferences and weights it changes; the others keep their values."""
    store = stocked_store()
    load(store, lambda document: document["profile"].update(grader={"delay_percent": 0}))
    profile = load(store, lambda document: document["profile"].update(grader={"hfr_sigma": 3.0}))
    assert (profile.grader.delay_percent, profile.grader.hfr_sigma, profile.grader.stars_sigma) == (0, 3.0, 4.0)
    load(store, lambda document: document["projects"][0].update(rule_weights={"Setting Soonest": 10}))
    with store.read() as unit:
        weights = unit.get(Project, 1).rule_weights
    assert (weights["Setting Soonest"], weights["Target Switch Penalty"], len(weights)) == (10, 67, 8)


def test_plans_of_one_template_are_told_apart_by_order() -> None:
    """Two plans of the same template stay two, and keep their order."""
    store = memory_store()

    def double(document: dict[str, Any]) -> None:
        document["projects"][0]["targets"][1]["plans"] = [
            {"template": "Ha", "desired": 5},
            {"template": "Ha", "desired": 9, "exposure_s": 600},
        ]

    load(store, double)
    load(store, double)
    with store.read() as unit:
        plans = unit.list(ExposurePlan, target_id=2)
    assert [(plan.desired, plan.exposure_s) for plan in plans] == [(5, None), (9, 600)]


@pytest.mark.parametrize("words", [["L", "dither", "Ha"], "L, dither, Ha"])
def test_an_order_of_exposures_names_plans_by_their_templates(words: list[str] | str) -> None:
    """As on the command line: templates of the target's plans, and dithers; the same again changes nothing."""
    store = memory_store()

    def ordered(document: dict[str, Any]) -> None:
        plans = [{"template": "L", "desired": 5}, {"template": "Ha", "desired": 9}]
        document["projects"][0]["targets"][0].update(override_order=words, plans=plans)

    for _ in range(2):
        load(store, ordered)
        with store.read() as unit:
            guids = {plan.guid: plan.desired for plan in unit.list(ExposurePlan, target_id=1)}
            order = unit.get(Target, 1).override_order
        assert [guids.get(each.plan_guid or "", each.action.value) for each in order] == [5, "dither", 9]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda d: d["projects"][0]["targets"][1].update(dec_deg=99),
            r"^projects\[0\]\.targets\[1\]\.dec_deg: must be less ",
        ),
        (lambda d: d["profile"].update(colour="red"), r"^profile\.colour: unknown key"),
        (lambda d: d["profile"].update(grader={"hfr_sigma": -1}), r"^profile\.grader\.hfr_sigma: must be"),
        (
            lambda d: d["profile"].update(flats={"due_rule": "weekly"}),
            r"^profile\.flats\.due_rule: must be one of document, session-id, sliding, not 'weekly'",
        ),
        (
            lambda d: d["profile"].update(planner={"weather_limits": {"wind_speed": -3}}),
            r"^profile\.planner\.weather_limits\.wind_speed: must be at least 0, or none, not -3",
        ),
        (
            lambda d: d["projects"][0].update(minimum_altitude_deg=30, maximum_altitude_deg=20),
            r"^projects\[0\]\.maximum_altitude_deg: must be above minimum_altitude_deg \(30\)",
        ),
        (
            lambda d: d["projects"][0].update(rule_weights={"Percent Complet": 3}),
            r"^projects\[0\]\.rule_weights\.Percent Complet: unknown; there are Meridian",
        ),
        (
            lambda d: d["projects"][0]["targets"][0].update(constraints=[{"name": "Foo"}]),
            r"^projects\[0\]\.targets\[0\]\.constraints: no constraint is called 'Foo'",
        ),
        (lambda d: d["site"].update(time_zone="Mars/Olympus"), r"^site\.time_zone: .*unknown time zone 'Mars/Olympus'"),
        (lambda d: d["site"].pop("name"), r"^site\.name: is missing"),
        (lambda d: d.pop("profile"), r"^profile: is missing"),
        (lambda d: d.update(projects="none"), r"^projects: must be a list"),
        (lambda d: d.update(projects=["one"]), r"^projects\[0\]: must be a mapping"),
        (lambda d: d.update(target=[]), r"^target: unknown; a catalogue has site, profile"),
        (lambda d: d["projects"][1].update(name="Nebulae"), r"^projects\[1\]\.name: 'Nebulae' occurs twice"),
        (
            lambda d: d["templates"][0].update(filter_name="U"),
            r"^templates\[0\]\.filter_name: the profile has no filter",
        ),
        (
            lambda d: d["projects"][0]["targets"][0]["plans"][1].update(template="SII"),
            r"^projects\[0\]\.targets\[0\]\.plans\[1\]\.template: there is no template 'SII'; the document has L, R",
        ),
        (
            lambda d: d["projects"][0]["targets"][0]["plans"][0].update(acquired=7),
            r"^projects\[0\]\.targets\[0\]\.plans\[0\]\.acquired: is kept by the store",
        ),
        (
            lambda d: d["projects"][0]["targets"][0].update(override_order=["L", "dithr"]),
            r"^projects\[0\]\.targets\[0\]\.override_order: 'dithr' is not one plan of the target nor dither",
        ),
    ],
)
def test_wrong_document_is_refused_as_a_whole(change: Change, message: str) -> None:
    """One line names the field by its path, and nothing of the document is stored."""
    store = memory_store()
    with pytest.raises(InputError, match=message):
        load(store, change)
    assert everything(store) == [[] for _ in KINDS]


def test_ambiguous_name_is_refused() -> None:
    """Two stored records of a name the document uses are not guessed between."""
    store = stocked_store()
    with store.write() as unit:
        unit.add(Target(project_id=1, name="M 42", ra_hours=1, dec_deg=1))
    with pytest.raises(AmbiguousNameError, match=r"projects\[0\]\.targets\[0\]\.name: the store has 2 of 'M 42'"):
        load(store)


def spoil(document: dict[str, Any]) -> None:
    """Make one mistake in every record, or several."""
    document["site"].update(latitude_deg=95, time_zone="Mars/Olympus")
    document["profile"].update(colour="red", grader=3)
    document["profile"]["focal_length_mm"] = 0
    document["templates"][1].update(filter_name="U", gain="high")
    document["templates"][2]["name"] = "L"
    document["projects"][0]["targets"][0]["dec_deg"] = 99
    document["projects"][0]["targets"][0]["plans"][1].update(template="SII", acquired=3)
    document["projects"][0]["targets"][1]["plans"] = "none"
    document["projects"][1].pop("name")
    document["projects"][1]["targets"][0]["plans"][0]["desired"] = "many"
    document["trained_flats"][0]["brightness"] = -1
    document["trained_flats"].append("one more")
    document["two\nlines"] = 1


def test_every_problem_of_every_record_is_told_at_once() -> None:
    """One error has a line per problem, each with its path; a hint stays on the line of its problem."""
    store = memory_store()

    with pytest.raises(InputError) as told:
        load(store, spoil)
    lines = str(told.value).splitlines()
    assert sorted(line.partition(": ")[0] for line in lines) == sorted(
        [
            "two lines",
            "site.latitude_deg",
            "site.time_zone",
            "profile.colour",
            "profile.grader",
            "profile.focal_length_mm",
            "templates[1].filter_name",
            "templates[1].gain",
            "templates[2].name",
            "projects[0].targets[0].dec_deg",
            "projects[0].targets[0].plans[1].template",
            "projects[0].targets[0].plans[1].acquired",
            "projects[0].targets[1].plans",
            "projects[1].name",
            "projects[1].targets[0].plans[0].desired",
            "projects[1].targets[0].plans[2].template",
            "trained_flats[0].brightness",
            "trained_flats[5]",
        ]
    )
    assert "site.time_zone: unknown time zone 'Mars/Olympus'; use an IANA name such as Europe/Zurich" in lines
    assert "profile.grader: must be a mapping of fields" in lines
    assert everything(store) == [[] for _ in KINDS]


def test_a_filter_the_profile_lacks_is_told_of_every_record() -> None:
    """Each template and trained flat with such a filter is a problem of its own."""
    with pytest.raises(InputError) as told:
        load(memory_store(), lambda document: document["profile"].update(filters=["L", "R", "G"], colour=1))
    assert [line.partition(": ")[0] for line in str(told.value).splitlines()] == [
        "profile.colour",
        *("templates[3].filter_name", "templates[4].filter_name"),
        *("trained_flats[3].filter_name", "trained_flats[4].filter_name"),
    ]
