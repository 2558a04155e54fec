"""What a flats run would do, told beforehand."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tsplug.model import FlatInstruction, FlatSet, Profile, Project
from tsplug.services.flats_plan import plan_run, planned_row
from tsplug.testing.clock import START

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


def planned(rig: FlatsRig, *, rules: tuple[str, ...] = (), **parameters: Any) -> dict[str, Any]:
    """Return what a run would do, as scripts read it."""
    event = FlatInstruction(profile_guid=rig.profile_guid, **{"count": 3} | parameters)
    row: dict[str, Any] = json.loads(json.dumps(planned_row(plan_run(event, rig.context, rules=rules))))
    return row


def test_the_plan_is_what_the_run_then_does(flats_rig: FlatsRig) -> None:
    """Sets, their order and the sessions they serve are those of the run that follows; planning writes nothing."""
    flats_rig.light_two_sets()
    flats_rig.light("M 81", "L", rotation_deg=100.2)
    row = planned(flats_rig)
    assert flats_rig.all(FlatSet) == []
    assert [(each["filter"], each["rotation_deg"], each["frames"]) for each in row["sets"]] == [
        ("Ha", 20.0, 3),
        ("L", pytest.approx(100.1), 3),
    ]
    report = flats_rig.run()
    assert [item.spec.filter_name for item in report.taken] == [each["filter"] for each in row["sets"]]
    assert [[f"{s['target']} {s['session_date']}" for s in each["sessions"]] for each in row["sets"]] == [
        list(item.sessions) for item in report.taken
    ]
    assert planned(flats_rig)["sets"] == []


def test_the_estimate_is_the_sum_of_steps(flats_rig: FlatsRig) -> None:
    """Every step is named in order, and the time of the run is at least that of its exposures."""
    flats_rig.light_two_sets()
    row = planned(flats_rig)
    assert [step["step"] for step in row["steps"]][:3] == ["close_cover", "rotate", "readout_mode"]
    assert row["frames"] == 6
    assert row["estimate_s"] > 3 * 6.0 + 3 * 0.5
    assert planned(flats_rig, count=6)["estimate_s"] > row["estimate_s"]


def test_what_is_skipped_names_the_training_to_add(flats_rig: FlatsRig) -> None:
    """A set without training comes with the command that adds it; other reasons come without."""
    flats_rig.light("M 42", "L", gain=7)
    flats_rig.light("M 42", "Ha", rotation_deg=20.0)
    flats_rig.change(Profile, has_rotator=False)
    first, second = planned(flats_rig)["skipped"]
    assert "no training for filter L, gain 7" in first["reason"]
    assert first["training"].startswith("tsplug training add L --gain 7 --offset 30")
    assert "no rotator is connected" in second["reason"]
    assert (second["training"], second["sessions"]) == (None, ["M 42 2026-01-15"])


def test_a_plan_can_be_limited_to_rules(flats_rig: FlatsRig) -> None:
    """Only the sessions of the rules that are named are planned; immediate ones only by name."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "L")
    with flats_rig.store.write() as unit:
        project = unit.list(Project, name="Galaxies")[0]
        project.flats_handling = 200
        unit.update(project)

    def targets(*rules: str) -> list[str]:
        return [s["target"] for each in planned(flats_rig, rules=rules)["sets"] for s in each["sessions"]]

    assert targets() == targets("document", "completion") == ["M 42"]
    assert targets("immediate") == ["M 81"]
    assert targets("completion") == []


def test_a_plan_tells_what_expired(flats_rig: FlatsRig) -> None:
    """Sessions that left the window without flats are told beside the sets."""
    flats_rig.light("M 42", "L", started=START - timedelta(days=60))
    row = planned(flats_rig)
    assert row["sets"] == []
    assert [each["session_date"] for each in row["expired"]] == ["2025-11-16"]
