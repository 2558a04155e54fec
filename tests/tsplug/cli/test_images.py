"""The commands of acquired images, as their user types them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import AcquiredImage, Band, GraderPreferences, Profile, Thumbnail
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night, whose frames lie nowhere; made once."""
    folder = tmp_path_factory.mktemp("night")
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    store.close()
    return folder / "store.sqlite"


@pytest.fixture
def db(night: Path, tmp_path: Path) -> Path:
    """Return the file of a store of the test's own."""
    return Path(shutil.copy(night, tmp_path / "store.sqlite"))


@pytest.fixture
def run(db: Path) -> Run:
    """Return what runs `tsplug images` on the store."""

    def runs(*arguments: str, typed: str = "", columns: int = 150) -> Result:
        environment = {"TSPLUG_DB": str(db), "COLUMNS": str(columns), "NO_COLOR": "1"}
        return CliRunner().invoke(application(["images"]), ["images", *arguments], env=environment, input=typed)

    return runs


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def statuses(run: Run) -> dict[int, str]:
    return {row["id"]: row["status"] for row in document(run("list", "--json"))}


def test_lists_are_sorted_and_widened(run: Run) -> None:
    """A metric is a column and an order; the order's own column is shown too."""
    rows = document(run("list", "--sort", "-hfr", "--limit", "3", "--json"))
    assert [row["metrics"]["hfr"] for row in rows] == sorted((row["metrics"]["hfr"] for row in rows), reverse=True)
    shown = run("list", "--sort", "airmass", "--columns", "eccentricity,gain", "--limit", "2").stdout
    assert all(word in shown for word in ("airmass", "eccentricity", "gain"))
    assert run("list", "--columns", "beauty").exit_code == 1


def test_a_part_of_a_list_says_of_how_many(run: Run) -> None:
    """Pages tell how many images there are in all, in any order; a whole list only its number."""
    assert run("list", "--limit", "3", "--sort", "-hfr").stdout.startswith("3 of 42 images\n")
    assert run("list", "--after", "40", "--sort", "id").stdout.startswith("2 of 42 images\n")
    assert run("list", "--target", "M 42", "--limit", "99").stdout.startswith("10 images\n")


def test_an_image_is_shown_for_people(run: Run) -> None:
    """Times to the second, and no row for what does not stand in the way."""
    shown = run("show", "1").stdout
    assert re.search(r"started +2026-01-15 \d\d:\d\d:\d\d UTC\s", shown)
    assert "manual_grading" not in shown
    assert "manual_grading" in run("show", "42").stdout


def test_scores_have_a_column_where_there_are_any(run: Run, db: Path) -> None:
    """A rig graded by criteria sees score and band at once; one graded otherwise has the room for other things."""
    assert "score" not in run("list", "--limit", "2").stdout
    assert "score" in run("list", "--limit", "2", "--columns", "score").stdout
    store = open_store(str(db), ManualClock(START))
    with store.write() as unit:
        image = unit.get(AcquiredImage, 42)
        unit.update(image.model_copy(update={"score": 92.0, "band": Band.A}))
    store.close()
    lines = run("list", "--limit", "2").stdout.splitlines()
    assert lines[2].split()[-3:] == ["score", "status", "why"]
    assert lines[4].split()[-3:] == ["92", "A", "accepted"]


def test_people_read_yes_and_no(run: Run) -> None:
    """What is so or not is told in words, in lists as in the fields of one image."""
    listed = run("list", "--columns", "manual", "--limit", "1").stdout.split()
    assert "no" in listed
    assert "False" not in listed
    assert "False" not in run("show", "1").stdout


def test_nothing_is_one_line(run: Run) -> None:
    """Columns without rows say nothing."""
    assert run("list", "--from", "2030-01-01").stdout == "0 images\n"


def test_times_carry_the_year(run: Run) -> None:
    """A list that is kept says when the night was."""
    assert "2026-01-15 20:25" in run("list", "--limit", "1").stdout


def test_ids_are_graded_and_taken_back(run: Run) -> None:
    """One summary says what changed from what; the history tells it; undo brings all back as it was."""
    before = statuses(run)
    graded = run("grade", "1", "2", "5", "rejected", "--why", "trail across the core")
    assert graded.exit_code == 0
    assert graded.stdout.startswith("2 images became rejected (before: 2 accepted); 1 had that status already\n")
    line = document(run("history", "1", "--json"))[-1]
    assert (line["from_status"], line["to_status"], line["by"], line["manual"]) == (
        "accepted",
        "rejected",
        "user",
        True,
    )
    assert line["why"] == "trail across the core"
    row = document(run("show", "1", "--json"))
    assert (row["status"], row["reject_reason"], row["manual"], row["manual_grading"]) == (
        "rejected",
        "Manual",
        True,
        None,
    )
    assert "2 images as before" in run("grade", "--undo").stdout
    assert statuses(run) == before
    nothing = run("grade", "--undo")
    assert (nothing.exit_code, "no status was set by hand" in nothing.stderr) == (1, True)


def test_a_file_that_cannot_follow_is_a_failure_and_follows_when_asked_again(run: Run, db: Path) -> None:
    """Status 1 and one line each way; the grade stands, and the same request moves the file once it can."""
    store = open_store(str(db), ManualClock(START))
    with store.write() as unit:
        image = unit.get(AcquiredImage, 1)
        rig = unit.get(Profile, image.profile_id or 0)
        unit.update(rig.model_copy(update={"grader": GraderPreferences(move_rejected=True)}))
    store.close()
    file = Path(image.file)
    failed = run("grade", "1", "rejected")
    assert (failed.exit_code, f"error: {file}" in failed.stderr, statuses(run)[1]) == (1, True, "rejected")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"pixels")
    again = run("grade", "1", "rejected", "--json")
    assert (document(again)["unchanged"], "standing" in document(again), file.exists()) == (1, False, False)
    file.write_bytes(b"another")
    for words in (("--undo",), ("1", "accepted")):
        back = run("grade", *words)
        assert back.exit_code == 1
        assert "`tsplug grade moved 1 --undo` brings it back" in back.stderr
    file.unlink()
    assert run("grade", "1", "accepted").exit_code == 0
    assert file.read_bytes() == b"pixels"


def test_many_are_graded_by_filters(run: Run) -> None:
    """Options choose the images; those that may not be graded are counted and told, the others change."""
    outcome = document(run("grade", "--target", "Rosette", "--status", "accepted", "rejected", "--json"))
    assert (len(outcome["changed"]), outcome["refused"]) == (4, [])
    assert outcome["batch"]
    dry = run("grade", "--from", "2026-01-15", "pending", "--dry-run")
    assert "would become pending" in dry.stdout
    assert "27 refused" in dry.stdout
    assert list(statuses(run).values()).count("rejected") == 6


def test_a_refused_image_is_a_failure_with_its_reason(run: Run) -> None:
    """Grading is off for the project of the image: status 1, one line why and what to do, nothing changed."""
    before = statuses(run)
    refused = run("grade", "42", "rejected")
    assert refused.exit_code == 1
    assert "error: image 42 keeps its status: grading is off for project 'Galaxies'" in refused.stderr
    assert refused.output.count("grading is off") == 1
    assert run("grade", "41", "42", "rejected").stdout.count("grading is off") == 2
    assert document(run("show", "42", "--json"))["manual_grading"]["code"] == "grading-off"
    assert statuses(run) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade",),
        ("grade", "1"),
        ("grade", "1", "nice"),
        ("grade", "rejected"),
        ("grade", "1", "rejected", "--target", "M 42"),
        ("grade", "--undo", "1"),
        ("list", "--range", "3"),
        ("list", "--limit", "0"),
        ("list", "--limit", "few"),
        ("list", "--since", "yesterday"),
    ],
)
def test_wrong_use_is_two(run: Run, arguments: tuple[str, ...]) -> None:
    """What cannot be meant is exit status 2, and says which word is wrong, in our own words."""
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert not [words for words in ("Value error", "Input should", "unable to parse") if words in refused.stderr]


def test_csv_is_written_and_kept(run: Run, tmp_path: Path) -> None:
    """The ending is added; a file that exists is asked about, kept without a yes, replaced with one."""
    assert "42 images in" in run("csv", str(tmp_path / "night")).stdout
    file = tmp_path / "night.csv"
    text = file.read_text(encoding="utf-8")
    assert (text.count("\n"), text.startswith("AcquiredDate,FilePath,")) == (43, True)
    kept = run("csv", str(file), "--target", "M 42", typed="n\n")
    assert (kept.exit_code, file.read_text(encoding="utf-8")) == (1, text)
    assert f"error: {file} exists and stays; --yes replaces it" in kept.stderr
    assert document(run("csv", str(file), "--target", "M 42", "--json", "--yes"))["images"] == 10
    assert run("csv", str(file), "--limit", "1", "--extended", typed="y\n").exit_code == 0
    told = run("csv", "-", "--limit", "1", "--extended", columns=20)
    assert (told.exit_code, told.stdout) == (0, file.read_text())
    assert run("csv", "-", "--json").exit_code == 2
    nowhere = run("csv", str(tmp_path / "missing" / "night.csv"))
    assert (nowhere.exit_code, "missing is no folder" in nowhere.stderr) == (1, True)
    assert not (tmp_path / "missing").exists()
    assert "guiding_rms_px" in file.read_text(encoding="utf-8")


def test_a_thumbnail_is_written(run: Run, db: Path, tmp_path: Path) -> None:
    """The stored picture is written; where there is none yet it is made of the frame, 192 px high, and stored."""
    assert run("show", "1", "--thumbnail", str(tmp_path / "first.jpg")).exit_code == 0
    frame = tmp_path / "frame.fits"
    fits.PrimaryHDU(np.arange(400 * 600, dtype=np.uint16).reshape(400, 600)).writeto(frame)
    store = open_store(str(db), ManualClock(START))
    with store.write() as unit:
        unit.delete_all(Thumbnail, image_id=2)
        unit.update(unit.get(AcquiredImage, 2).model_copy(update={"file": str(frame)}))
        unit.delete_all(Thumbnail, image_id=3)
    store.close()
    assert document(run("show", "2", "--json"))["thumbnail"] is None
    assert run("show", "2", "--thumbnail", str(tmp_path / "second.jpg")).exit_code == 0
    with Image.open(tmp_path / "second.jpg") as picture:
        assert (picture.size, picture.format) == ((288, 192), "JPEG")
    assert document(run("show", "2", "--json"))["thumbnail"]["height_px"] == 192
    assert run("show", "2", "--thumbnail", str(tmp_path / "missing" / "second.jpg")).exit_code == 1
    assert not (tmp_path / "missing").exists()
    missing = run("show", "3", "--thumbnail", str(tmp_path / "third.jpg"))
    assert (missing.exit_code, "no thumbnail, and none can be made" in missing.stderr) == (1, True)
    assert not (tmp_path / "third.jpg").exists()


def test_records_without_a_plan_are_linked(run: Run, db: Path) -> None:
    """One line says what counts now, one what the plan has, one how to grade it; what cannot be is a failure."""
    store = open_store(str(db), ManualClock(START))
    with store.write() as unit:
        image = unit.get(AcquiredImage, 7)
        for guid in ("one", "two"):
            unit.add_image(image.model_copy(update={"id": None, "guid": guid, "plan_id": None}))
        name = f"{image.target_name}/{image.template_name}"
    store.close()
    dry = run("link", "--fitting", "--plan", name, "--dry-run").stdout
    assert f"2 images would count for plan {name}\nit would have 6 acquired, " in dry
    linked = run("link", "43", "7", "--plan", name)
    assert linked.exit_code == 0, linked.output
    assert linked.stdout.startswith(f"1 image counts for plan {name}; 1 did already\nit has 5 acquired, ")
    assert "`tsplug grade run --plan" in linked.stdout
    assert [row["plan"] for row in [document(run("link", "--fitting", "--plan", name, "--json"))]] == [name]
    refused = run("link", "1", "--plan", name)
    assert (refused.exit_code, "error: image 1 is not linked: it counts for plan" in refused.stderr) == (1, True)
    assert run("link", "--plan", name).exit_code == run("link", "1", "--fitting", "--plan", name).exit_code == 2


def test_old_records_go_after_a_yes(run: Run) -> None:
    """What would go and what it costs is told first; without a yes nothing goes; counters stay."""
    late = ("purge", "--older-than", "2026-01-16", "--at", "2026-01-20T12:00:00+01:00")
    dry = document(run(*late, "--dry-run", "--json"))
    assert (dry["images"], dry["purged"], len(dry["lost_sessions"])) == (42, False, 1)
    kept = run(*late, typed="n\n")
    assert (kept.exit_code, len(statuses(run))) == (1, 42)
    assert "42 records from before 2026-01-15 23:00 UTC would go" in kept.stdout
    assert "populations that keep too few frames" in kept.stdout
    assert "sessions whose flats would be forgotten" in kept.stdout
    assert run(*late, "--target", "M 42", typed="y\n").stdout.endswith("removed 10 records\n")
    assert "32 records" in run(*late, "--yes").stdout
    assert (statuses(run), document(run("purge", "--yes", "--json", "--at", late[-1]))["images"]) == ({}, 0)
