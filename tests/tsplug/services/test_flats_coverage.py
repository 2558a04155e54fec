"""Which lights have flats, and which flats belong to a light."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tsplug.errors import NotFoundError
from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    FlatsType,
    GradingStatus,
    Profile,
    Project,
)
from tsplug.services.flats_coverage import Reach, coverage_totals, flats_coverage
from tsplug.services.flats_due import flats_due_rows
from tsplug.services.flats_links import flats_of
from tsplug.services.flats_revoke import revoke_flats

if TYPE_CHECKING:
    from conftest import FlatsRig

from tsplug.testing import store_light
from tsplug.testing.clock import START

pytestmark = pytest.mark.both_databases


def coverage(rig: FlatsRig, **reach: Any) -> list[dict[str, Any]]:
    """Return the coverage of the rig's lights."""
    return flats_coverage(rig.all(Profile)[0], rig.context, reach=Reach(**reach))


def on_disk(rig: FlatsRig) -> list[dict[str, Any]]:
    """Return the coverage of the rig's lights by what is on disk."""
    return flats_coverage(rig.all(Profile)[0], rig.context, reach=Reach(), on_disk=True)


def test_every_light_is_counted_once_with_its_flats(flats_rig: FlatsRig) -> None:
    """Sessions come with lights by status, flats and dark flats; what lacks them is missing or has no plan."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "L", status=GradingStatus.REJECTED)
    flats_rig.light("M 81", "L")
    flats_rig.light("M 42", "Ha", gain=7)
    flats_rig.light("Rosette", "Ha", plan_id=None)
    flats_rig.run()
    rows = coverage(flats_rig)
    told = [(row["target"], row["filter"], row["lights"], row["rejected"], row["flats"], row["state"]) for row in rows]
    assert told == [
        ("M 42", "Ha", 1, 0, 0, "missing"),
        ("M 42", "L", 2, 1, 3, "covered"),
        ("M 81", "L", 1, 0, 3, "covered"),
        ("Rosette", "Ha", 1, 0, 0, "no plan"),
    ]
    assert [row["dark_flats"] for row in rows] == [0] * 4
    assert rows[1]["files"] == [file.file for file in flats_rig.all(FlatSetFile)]
    assert coverage_totals(rows, by="target")[0] == {
        "target": "M 42",
        "lights": 3,
        "covered": 2,
        "incomplete": 0,
        "missing": 1,
        "no_plan": 0,
        "without_dark_flats": 3,
    }
    assert [row["lights"] for row in coverage_totals(rows, by="session_date")] == [5]


def test_coverage_reaches_as_far_as_it_is_asked(flats_rig: FlatsRig) -> None:
    """By itself it shows the nights that still get flats; a target, a night or a first night reach farther back."""
    old = START - timedelta(days=100)
    flats_rig.light("M 42", "L", started=old)
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "L", started=old)
    night = date(2025, 10, 7)
    assert [row["target"] for row in coverage(flats_rig)] == ["M 42"]
    assert len(coverage(flats_rig, target="M 42")) == 2
    assert [row["target"] for row in coverage(flats_rig, night=night)] == ["M 42", "M 81"]
    assert len(coverage(flats_rig, since=night)) == 3
    assert len(coverage(flats_rig, since=night + timedelta(days=1))) == 1
    assert [row["session_date"] for row in coverage(flats_rig, target="M 81", night=night)] == [night.isoformat()]
    with pytest.raises(NotFoundError, match="no target 'M 99'"):
        coverage(flats_rig, target="M 99")


def test_flats_of_a_light_are_the_files_of_its_set(flats_rig: FlatsRig) -> None:
    """Each light leads to the flats of its own angle; one without flats, and one that is not stored, to none."""
    for angle in (10.0, 50.0):
        flats_rig.light("M 42", "L", rotation_deg=angle)
    flats_rig.run()
    late = store_light(flats_rig.store, "M 42", filter_name="L", started=START, rotation_deg=90.0)
    sets = {item.rotation_deg: item.id for item in flats_rig.all(FlatSet)}
    images = {image.rotation_deg: image.id or 0 for image in flats_rig.all(AcquiredImage)}
    with flats_rig.store.read() as unit:
        found = flats_of(unit, [*images.values(), 12345])
    assert {file.flat_set_id for file in found[images[10.0]]} == {sets[10.0]}
    assert {file.flat_set_id for file in found[images[50.0]]} == {sets[50.0]}
    assert [len(files) for files in found.values()] == [3, 3, 0, 0]
    assert found[late.id or 0] == found[12345] == ()


def test_revoked_flats_cover_nothing(flats_rig: FlatsRig) -> None:
    """A light whose flats were revoked lacks flats, and leads to none."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    revoke_flats(flats_rig.context, "1", why="dust")
    assert [row["state"] for row in coverage(flats_rig)] == ["missing"]
    with flats_rig.store.read() as unit:
        assert flats_of(unit, [1]) == {1: ()}


def test_dark_flats_are_counted_apart(flats_rig: FlatsRig) -> None:
    """Dark flats are told beside the flats, and are no flats themselves."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    with flats_rig.store.write() as unit:
        flat_set, link = unit.list(FlatSet)[0], unit.list(FlatHistory)[0]
        dark = unit.add(
            flat_set.model_copy(update={"id": None, "guid": "dark", "flats_type": FlatsType.DARK, "wanted": 1})
        )
        file = unit.list(FlatSetFile)[0]
        unit.add(file.model_copy(update={"id": None, "guid": "dark 1", "flat_set_id": dark.id}))
        unit.add(link.model_copy(update={"id": None, "flat_set_id": dark.id, "flats_type": FlatsType.DARK.value}))
    assert [(row["flats"], row["dark_flats"], row["set"]) for row in coverage(flats_rig)] == [(3, 1, flat_set.id)]
    with flats_rig.store.read() as unit:
        assert len(flats_of(unit, [1])[1]) == 3


def test_lights_lack_flats_a_plan_or_dark_flats(flats_rig: FlatsRig) -> None:
    """Dark flats are missed where the rig has taken any, and only for flats of its panel; flats are missed first."""
    flats_rig.light("M 42", "L", exposure_s=60)
    flats_rig.run()
    flats_rig.light("M 42", "Ha", gain=7)
    flats_rig.light("Rosette", "Ha", plan_id=None)
    assert [row["lacks"] for row in coverage(flats_rig)] == ["flats", "", "a plan"]
    with flats_rig.store.write() as unit:
        elsewhere = {"id": None, "guid": "dark", "flats_type": FlatsType.DARK, "night": date(2025, 1, 1)}
        begun = elsewhere | {"guid": "begun", "state": FlatSetState.INTERRUPTED}
        unit.add(unit.list(FlatSet)[0].model_copy(update=begun))
    assert [row["lacks"] for row in coverage(flats_rig)] == ["flats", "", "a plan"]
    with flats_rig.store.write() as unit:
        unit.add(unit.list(FlatSet)[0].model_copy(update=elsewhere))
    assert [row["lacks"] for row in coverage(flats_rig)] == ["flats", "dark flats", "a plan"]


def test_a_set_without_all_its_files_is_told(flats_rig: FlatsRig) -> None:
    """Where the record of a frame is gone the session is covered by fewer flats than were wanted, and says so."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    with flats_rig.store.write() as unit:
        unit.delete(unit.list(FlatSetFile)[0])
    assert coverage(flats_rig)[0]["warning"] == "set 1 has 2 of 3 flats"


def test_lights_of_a_rig_that_is_gone_still_lead_to_their_flats(flats_rig: FlatsRig) -> None:
    """Flats are found by what was recorded; a project that is gone leaves nothing to find them by."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    with flats_rig.store.write() as unit:
        unit.set_all(Profile, {"site_id": None})
        assert len(flats_of(unit, [1])[1]) == 3
        unit.set_all(AcquiredImage, {"project_id": unit.highest_id(Project) + 1})
        assert flats_of(unit, [1]) == {1: ()}


def test_flats_that_left_the_disk_cover_a_session_no_longer(flats_rig: FlatsRig) -> None:
    """With a look at the disk a row parts its files into those there and those gone, and says what mends it."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "Ha", gain=7)
    flats_rig.light("M 81", "R")
    flats_rig.light("Rosette", "Ha", plan_id=None)
    flats_rig.run()
    recorded = [file.file for file in flats_rig.all(FlatSetFile) if file.flat_set_id == 1]
    Path(recorded[1]).unlink()
    Path(recorded[2]).unlink()
    rows = on_disk(flats_rig)
    told = [(row["filter"], row["state"], row["flats"], row["on_disk"], row["lacks"]) for row in rows]
    assert told == [
        ("Ha", "missing", 0, 0, "flats"),
        ("L", "incomplete", 3, 1, "frames"),
        ("R", "covered", 3, 3, ""),
        ("Ha", "no plan", 0, 0, "a plan"),
    ]
    assert (rows[1]["files"], rows[1]["files_missing"]) == (recorded[:1], recorded[1:])
    assert rows[1]["warning"] == (
        "2 of 3 frames of set 1 are not on disk: restore them, or tsplug doctor --fix makes its sessions due again"
    )
    assert [row["files_missing"] for row in rows[:1] + rows[2:]] == [[], [], []]
    sums = coverage_totals(rows, by="session_date")[0]
    assert (sums["lights"], sums["covered"], sums["incomplete"], sums["missing"]) == (4, 1, 1, 1)


def test_coverage_by_the_records_looks_at_no_disk(flats_rig: FlatsRig) -> None:
    """Reports tell of nights whose files were moved to an archive as before, unless they ask for a look."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    before = coverage(flats_rig)
    for file in flats_rig.all(FlatSetFile):
        Path(file.file).unlink()
    assert coverage(flats_rig) == before
    assert (before[0]["state"], before[0]["warning"], "files_missing" in before[0]) == ("covered", "", False)
    assert [(row["state"], row["files"], row["on_disk"]) for row in on_disk(flats_rig)] == [("incomplete", [], 0)]


def test_dark_flats_that_left_the_disk_are_told(flats_rig: FlatsRig) -> None:
    """The flats still cover the session, but the row lacks frames and counts the dark flats that are there."""
    flats_rig.light("M 42", "L")
    flats_rig.run(dark_flats=2)
    (dark,) = (item.id for item in flats_rig.all(FlatSet) if item.flats_type is FlatsType.DARK)
    lost = next(file.file for file in flats_rig.all(FlatSetFile) if file.flat_set_id == dark)
    Path(lost).unlink()
    (row,) = on_disk(flats_rig)
    assert (row["state"], row["lacks"], row["dark_flats"], row["dark_flats_on_disk"]) == ("covered", "frames", 2, 1)
    assert row["files_missing"] == [lost]
    assert row["warning"].startswith(f"1 of 2 frames of set {dark} is not on disk")
    revoke_flats(flats_rig.context, "1", why="dust")
    assert [(row["state"], row["lacks"]) for row in on_disk(flats_rig)] == [("missing", "flats")]


def test_due_tells_of_flats_that_left_the_disk(flats_rig: FlatsRig) -> None:
    """A session that has flats is not due, but its reason says how many of their frames are gone and what mends it."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "R")
    flats_rig.run()
    flats_rig.light("M 42", "Ha", gain=7)
    Path(next(file.file for file in flats_rig.all(FlatSetFile) if file.flat_set_id == 1)).unlink()
    rows = {row["filter"]: row for row in flats_due_rows(flats_rig.profile_guid, flats_rig.context)}
    assert rows["L"]["reason"].startswith("has flats: set 1, ")
    assert rows["L"]["reason"].endswith(
        "; 1 of 3 frames of set 1 is not on disk: restore it, or tsplug doctor --fix makes the session due again"
    )
    assert rows["L"]["due"] is False
    assert "on disk" not in rows["R"]["reason"] + rows["Ha"]["reason"]
