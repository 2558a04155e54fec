"""Two cameras on one mount, over Alpaca, under one sky."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from nights import Death, Night

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("two cameras")]

TWO_CAMERAS = Path(__file__).parent / "two_cameras.yaml"


def spans(rows: list[dict[str, Any]], profile: str) -> list[tuple[datetime, datetime]]:
    """Return when the exposures of a profile began and ended, in order."""
    found = sorted(
        (datetime.fromisoformat(row["started"]), row["exposure_s"]) for row in rows if row["profile"] == profile
    )
    return [(began, began + timedelta(seconds=seconds)) for began, seconds in found]


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The night of two cameras, run once to its end."""
    finished = Night(tmp_path_factory.mktemp("paired") / "out")
    shown = finished.run(TWO_CAMERAS)
    (finished.out / "shown.txt").write_text(shown, encoding="utf-8")
    return finished


def check_whole(night: Night) -> None:
    """Hold records against files, and counts against what is desired."""
    assert night.tsplug("doctor")["problems"] == []
    records = night.tsplug("images", "list")
    assert {Path(record["file"]) for record in records} == {file.resolve() for file in night.frames("lights")}
    assert len(records) == 7
    plan = night.tsplug("plan", "list")[0]
    assert (plan["desired"], plan["acquired"], plan["accepted"]) == (7, 7, 7)
    assert not list(night.out.rglob("*.part"))


def test_the_second_camera_exposes_within_the_exposures_of_the_first(paired: Night) -> None:
    """Both count for the plan, which ends exactly at what is desired; the mount never moves while one exposes."""
    check_whole(paired)
    rows = paired.tsplug("images", "list")
    first, second = spans(rows, "Main camera"), spans(rows, "Wide camera")
    # Two of 50 s beside each of 120 s: 1 + 2, 1 + 2, and the last one alone.
    assert (len(first), len(second)) == (3, 4)
    slack = timedelta(seconds=5)
    assert all(any(a <= began and ended <= b + slack for a, b in first) for began, ended in second)
    headers = [fits.getheader(file) for file in paired.frames("lights")]
    places = {(round(header["RA"], 5), header["EXPTIME"] > 100) for header in headers}
    # Each of the first camera's exposures is dithered, and the second's share its place.
    assert len({place for place, _ in places}) == 3


def test_each_camera_gets_flats_of_its_own(paired: Night) -> None:
    """The panel before both lights one set for each, with the profile's own settings and frames of its own count."""
    sets = [paired.tsplug("flats", "history", "--profile", name) for name in ("Main camera", "Wide camera")]
    assert [[(each["gain"], each["rotation_deg"], len(each["files"])) for each in own] for own in sets] == [
        [(100, pytest.approx(30.0), 2)],
        [(0, None, 2)],
    ]
    assert len(paired.frames("flats")) == 4
    late = paired.state()["moment"]
    assert not [each for name in ("Main camera", "Wide camera") for each in due(paired, name, at=late)]


def test_each_camera_is_calibrated_and_reported(paired: Night) -> None:
    """A wizard trains the camera that it names; sky flats, biases and reports are for both, each with its own."""
    trained = [paired.tsplug("training", "list", "--profile", name) for name in ("Main camera", "Wide camera")]
    assert [sorted(each["filter"] for each in own) for own in trained] == [["L"], ["Clear", "L"]]
    shown = (paired.out / "shown.txt").read_text(encoding="utf-8")
    assert all(f"{whose}: select filter L" in shown for whose in ("flats", "flats of Wide camera"))
    biases = [(file.parent.parent.name, fits.getheader(file)["GAIN"]) for file in paired.frames("bias")]
    assert biases == [("bias", 100), ("Wide camera", 0)]
    pages = [paired.out / "report.html", paired.out / "Wide camera" / "report.html"]
    assert [page.read_text(encoding="utf-8").count("<h1") for page in pages] == [1, 1]


def due(night: Night, profile: str, *, at: str) -> list[Any]:
    """Return which flats of a profile are due."""
    found: list[Any] = night.tsplug("flats", "due", "--profile", profile, "--at", at)
    return [each for each in found if each["due"]]


def test_both_cameras_are_shown(paired: Night) -> None:
    """What is taken beside the exposures is told once, and the grades at the end are those of each profile."""
    shown = (paired.out / "shown.txt").read_text(encoding="utf-8")
    assert shown.count("beside it M 45 L, 2 x 50 s, with the second camera") == 1
    assert "flats of Wide camera: 1 flat set taken" in shown
    grades = [line for line in shown.splitlines() if "accepted" in line and "camera" in line]
    assert [line.split("│")[1].strip() for line in grades] == ["Main camera", "Wide camera"]


def test_a_night_killed_while_both_expose_ends_with_the_right_counts(night: Night) -> None:
    """Killed as the second camera's second frame gets its name, during the first one's, nothing is lost or doubled."""
    night.run_until_killed(TWO_CAMERAS, Death(of="/lights/", writes=2))
    assert night.tsplug("doctor")["problems"] == []
    night.run(TWO_CAMERAS)
    check_whole(night)
    rows = night.tsplug("images", "list")
    assert {row["profile"] for row in rows} == {"Main camera", "Wide camera"}
    assert len(night.frames("flats")) == 4
