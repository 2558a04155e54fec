from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tsplug.cli.application import application

Run = Callable[..., Result]
ODD = 'Größe "8\' Nebel" 🔭'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a command on a store that does not exist yet, at 80 columns."""

    def runs(*arguments: str, typed: str = "", columns: int = 80) -> Result:
        environment = {"TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": str(columns), "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment, input=typed)

    return runs


@pytest.fixture
def stocked(run: Run) -> Run:
    """Return the same with a catalogue as a user types it."""
    for line in (
        ("site", "add", "Sternwarte", "latitude=47.4", "longitude=8.5", "time_zone=Europe/Zurich"),
        ("profile", "add", "Refraktor", "site=Sternwarte", "filters=L,Ha"),
        ("template", "add", "Ha", "filter=Ha", "exposure=300"),
        ("project", "add", ODD, "state=active"),
        ("target", "add", "M 42", "ra=5h35m17s", "dec=-5d23m28s", "rotation=30"),
        ("plan", "add", "M 42/Ha", "desired=20"),
    ):
        result = run(*line)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(f"added {line[0]} 1: ")
    return run


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_only_site_of_a_new_profile_goes_without_saying(stocked: Run) -> None:
    """As the only profile of a project does; among several it has to be named, and a rig without one is told of it."""
    assert document(stocked("profile", "add", "Newton", "filters=L", "--json"))["site"] == "Sternwarte"
    shown = stocked("profile", "show", "Newton", columns=200).stdout
    assert "None" not in shown
    words = " ".join(shown.split())
    assert all(f"{name} none " in words for name in ("observer", "grade_eccentricity:", "criteria_set:", "metrics:"))
    assert stocked("site", "add", "Farm", "latitude=-23", "longitude=17").exit_code == 0
    for given in ((), ("site=none",)):
        said = stocked("profile", "add", f"Rig {len(given)}", *given, columns=200)
        assert "it has no site, and no night can be planned: `tsplug profile edit" in said.output


def test_a_catalogue_is_typed(stocked: Run) -> None:
    """What was typed is shown again, at 80 columns, with coordinates as people write them."""
    shown = stocked("target", "show", "m 42")
    for words in ("05h35m17.0s", "-05d23m28s", ODD, "1 plan"):
        assert words in shown.stdout
    for command in (("target", "show", "M 42"), ("plan", "list"), ("project", "list"), ("target", "list")):
        assert max(map(len, stocked(*command).stdout.splitlines())) <= 80
    row = document(stocked("plan", "list", "--target", "M 42", "--json"))[0]
    assert (row["project"], row["desired"], row["seconds"]) == (ODD, 20, 300.0)


def test_plans_of_several_projects_say_whose_they_are(stocked: Run) -> None:
    """With one project its name would only fill the line."""
    assert "project" not in stocked("plan", "list").stdout
    for line in (
        ("project", "add", "Far"),
        ("target", "add", "M 81", "project=Far", "ra_hours=9.9", "dec_deg=69"),
        ("plan", "add", "M 81/Ha"),
    ):
        result = stocked(*line)
        assert result.exit_code == 0, result.output
    shown = stocked("plan", "list").stdout
    assert "project" in shown
    assert "Far" in shown


def test_a_plan_is_edited_by_its_name(stocked: Run) -> None:
    """The change is shown from and to; a dry run changes nothing."""
    dry = document(stocked("plan", "edit", "M 42/Ha", "desired=40", "--dry-run", "--json"))
    assert (dry["desired"], dry["dry_run"]) == (40, True)
    table = stocked("plan", "edit", "M 42/Ha", "desired=40", "accepted=12").stdout
    assert ["desired", "20", "40"] in [line.split() for line in table.splitlines()]
    assert document(stocked("plan", "show", "1", "--json"))["accepted"] == 12
    assert "nothing changed" in stocked("plan", "edit", "1", "desired=40").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("plan", "edit", "desired=40"), 2, "give PLAN before 'desired=40'"),
        (("plan", "edit", "1", "desired"), 2, "'desired' is not KEY=VALUE"),
        (("plan", "edit", "M 42/L", "desired=4"), 1, "has no plan with template 'L'; there are: Ha"),
        (("plan", "edit", "9", "desired=4"), 1, "no plan '9' is stored"),
        (("target", "add", "M 42", "ra=1", "dec=1"), 1, "there is a target 'M 42' already (id 1)"),
        (("target", "add", "X", "ra=25h", "dec=91"), 1, "dec_deg: must lie within -90 to 90"),
        (("target", "add", "X"), 1, "ra_hours: is missing (at least 0 and below 24)\nerror: dec_deg: is missing"),
        (("plan", "add", "M 42"), 1, "a plan is named TARGET/TEMPLATE"),
        (("site", "delete", "Sternwarte", "--yes"), 1, "give it another site first"),
        (("target", "show", "a\udcff"), 1, "is not valid UTF-8"),
    ],
)
def test_wrong_input_is_one_clear_line(stocked: Run, arguments: tuple[str, ...], status: int, said: str) -> None:
    """Wrong use is status 2, a refusal status 1; one line says what and why."""
    result = stocked(*arguments, columns=200)
    assert result.exit_code == status
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_deleting_shows_what_goes_and_asks(stocked: Run) -> None:
    """Only a yes deletes; without one the store stays, and JSON never asks."""
    assert "plans" in stocked("project", "delete", ODD, "--dry-run").stdout
    for typed in ("n\n", ""):
        refused = stocked("project", "delete", ODD, typed=typed)
        assert (refused.exit_code, "nothing was deleted" in refused.stderr) == (1, True)
    unasked = stocked("project", "delete", ODD, "--json")
    assert (unasked.exit_code, json.loads(unasked.stdout)["deleted"]) == (1, False)
    assert "deleted project 1" in stocked("project", "delete", ODD, typed="y\n").stdout
    assert document(stocked("project", "list", "--json")) == []


def test_deleting_without_asking(stocked: Run) -> None:
    """With --yes it goes at once, and JSON tells what went."""
    done = document(stocked("target", "delete", "M 42", "--yes", "--json"))
    assert done["goes"] == {"plans": 1, "targets": 1}
    assert done["deleted"] is True


def test_copies_and_resets(stocked: Run) -> None:
    """A copied project has a free name; a reset says what counted before."""
    assert f"{ODD} (1)" in stocked("project", "copy", "1").stdout
    stocked("plan", "edit", "1", "accepted=3")
    assert "3 -> 0" in stocked("project", "reset", "1").stdout
    assert document(stocked("plan", "reset", "1", "--json"))[0]["was"] == {"acquired": 0, "accepted": 0}


def test_a_dry_run_makes_no_store(run: Run, tmp_path: Path) -> None:
    """Only adding makes a store where there is none."""
    assert run("site", "add", "Home", "latitude=1", "longitude=1", "--dry-run").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_every_preference_is_reached(stocked: Run) -> None:
    """Dotted keys reach the preferences of grader, flats and planner, and the weights of the rules."""
    fields = ("grader.mode=target-scheduler", "flats.count=20", "planner.park_on_wait=yes")
    row = document(stocked("profile", "edit", "Refraktor", *fields, "--json"))
    assert (row["grader"]["mode"], row["flats"]["count"]) == ("target-scheduler", 20)
    assert row["planner"]["park_on_wait"] is True
    refused = stocked("profile", "edit", "Refraktor", "pipeline.modules.previews=no")
    assert (refused.exit_code, "unknown; there are header_update, preview," in refused.stderr) == (1, True)
    row = document(stocked("project", "edit", "1", "rule_weights.'Percent Complete'=80", "--json"))
    assert row["rule_weights"]["Percent Complete"] == 80.0


def test_a_horizon_is_shown_as_it_is_typed(stocked: Run) -> None:
    """The change table shows a horizon in the form that an edit takes."""
    stocked("site", "edit", "Sternwarte", "horizon=0:10,90:25.5")
    shown = stocked("site", "edit", "Sternwarte", "horizon=0:-0.5", columns=120).stdout
    assert "0:10,90:25.5" in shown
    assert "0:-0.5" in shown
