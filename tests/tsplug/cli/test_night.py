"""`tsplug night`: preview, now and season, as their user runs them."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from tsplug import load_second_camera
from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import Contribution, Profile
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock
from tsplug.testing.catalogue import first_catalogue

EVENING = "2026-01-15T21:00:00+00:00"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the small catalogue, whose galaxies take turns of filters and dither."""
    file = tmp_path_factory.mktemp("night") / "store.sqlite"
    document = first_catalogue()
    document["projects"][1] |= {"dither_every": 2, "filter_switch_frequency": 1}
    clock = ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(document, opened, clock=clock)
    opened.close()
    return file


def run(store: Path, *words: str, status: int = 0) -> str:
    done = CliRunner().invoke(application(["night"]), ["night", *words, "--db", str(store)], env={"COLUMNS": "200"})
    assert done.exit_code == status, done.output
    return done.output


def test_a_preview_is_a_list_of_spans(store: Path) -> None:
    """The JSON has the keys that scripts rely on, waits and visits in order of time."""
    spans: list[dict[str, Any]] = json.loads(run(store, "preview", "--date", "2026-01-15", "--json"))
    assert [span["kind"] for span in spans] == ["wait", "target", "target", "target"]
    assert [span["target"] for span in spans[1:]] == ["M 81", "M 42", "Rosette"]
    assert all(one["end"] == other["start"] for one, other in pairwise(spans))
    light = spans[1]["exposures"][0]
    assert (light["filter"], light["exposure_s"], light["dither"]) == ("L", 120.0, False)
    assert light["start"] == spans[1]["start"]


def test_a_preview_for_people_tells_runs_and_why_it_ends(store: Path) -> None:
    """Few runs are told in order, many by their sums; times are the site's."""
    text = run(store, "preview", "--date", "2026-01-15")
    assert "85 exposures, times Europe/Zurich" in text
    assert "8 x Ha 300 s" in text
    assert "in 49 runs" in text
    assert "then: no enabled target wants more exposures" in text


def test_a_preview_leaves_the_store_as_it_was(store: Path) -> None:
    """Not one byte of the file changes."""
    before = sha256(store.read_bytes()).hexdigest()
    run(store, "preview", "--date", "2026-01-15")
    run(store, "now", "--at", EVENING)
    run(store, "season", "--nights", "3", "--at", EVENING)
    assert sha256(store.read_bytes()).hexdigest() == before


def test_without_a_date_the_rest_of_the_night_is_previewed(store: Path) -> None:
    """At nine in the evening the first span begins then."""
    spans = json.loads(run(store, "preview", "--at", EVENING, "--json", "--target", "Rosette"))
    assert (spans[0]["start"], spans[0]["target"]) == ("2026-01-15T21:00:00Z", "Rosette")
    assert {span["target"] for span in spans} == {"Rosette"}
    by_id = json.loads(run(store, "preview", "--at", EVENING, "--json", "--target", "rosette", "--target", "2"))
    assert by_id == spans


def test_a_picture_of_any_night_keeps_within_its_frame(tmp_path: Path) -> None:
    """A flip is waited for and many targets are left out, the clocks are changed, or the Sun stays up."""
    document, clock = first_catalogue(), ManualClock()
    document["site"] |= {"latitude_deg": -30.0, "longitude_deg": -71.0, "time_zone": "America/Santiago"}
    document["profile"]["planner"] = {"flip_pause_min": 5, "flip_after_min": 5}
    document["projects"][1]["targets"] += [
        {"name": f"Far {hour}", "ra_hours": hour, "dec_deg": 80, "plans": []} for hour in range(12)
    ]
    database, file = tmp_path / "store.sqlite", tmp_path / "night.png"
    for latitude_deg, date in ((-30.0, "2026-01-15"), (-30.0, "2026-04-04"), (-75.0, "2026-12-21")):
        document["site"]["latitude_deg"] = latitude_deg
        opened = open_store(f"sqlite:///{database}", clock, create=True)
        load_catalogue(document, opened, clock=clock)
        opened.close()
        run(database, "preview", "--date", date, "--png", str(file))
        # Right of the frame there is nothing but paper before the names begin.
        with Image.open(file) as picture:
            assert picture.crop((1273, 92, 1290, 700)).getcolors() == [(17 * 608, (11, 13, 18))]


def test_the_picture_shows_the_night(store: Path, tmp_path: Path) -> None:
    """It has its size, is dark, and has the colours of targets and filters in it."""
    file = tmp_path / "night.png"
    run(store, "preview", "--date", "2026-01-15", "--png", str(file))
    with Image.open(file) as picture:
        assert picture.size == (1600, 900)
        pixels = picture.convert("RGB")
        colours = {colour for _, colour in pixels.getcolors(2_000_000) or []}
    assert {(232, 156, 68), (104, 176, 196), (168, 50, 50)} <= colours
    brightness = pixels.convert("L").resize((1, 1)).getpixel((0, 0))
    assert isinstance(brightness, int | float)
    assert brightness < 60


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("preview", "--png", "night.jpg"), 1, "ends in .png"),
        (("preview", "--png", "/nowhere/night.png"), 1, "cannot be written"),
        (("preview", "--target", "Nix"), 1, "there are: M 42, M 81, Rosette"),
        (("preview", "--date", "tomorrow"), 2, "--date"),
        (("season", "--nights", "0"), 2, "--nights"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(words: tuple[str, ...], status: int, said: str, store: Path) -> None:
    """Bad input is named, without a traceback."""
    text = run(store, *words, "--at", EVENING, status=status)
    assert said in text
    assert "Traceback" not in text


def test_now_tells_the_score_of_every_target_by_rule(store: Path) -> None:
    """The best stands first; JSON has value and weight of each rule."""
    text = run(store, "now", "--at", EVENING)
    assert "now: M 42 in Ha (project Nebulae), possible until 2026-01-16 01:50 Europe/Zurich" in text
    assert "1.000 x 50" in text
    decision = json.loads(run(store, "now", "--at", EVENING, "--json"))
    assert [each["target_name"] for each in decision["scores"]] == ["M 42", "Rosette", "M 81"]
    assert {"rule", "value", "weight"} == set(decision["scores"][0]["shares"][0])


def test_now_by_day_tells_what_is_waited_for(store: Path) -> None:
    """Rejections come with numbers and with the time at which they end."""
    text = run(store, "now", "--at", "2026-01-15T14:00:00+00:00")
    assert "wait until 2026-01-15" in text
    assert "not now (again at: Europe/Zurich)" in text
    rejected = json.loads(run(store, "now", "--at", "2026-01-15T14:00:00+00:00", "--json"))["rejected"]
    assert all(each["again_at"] for each in rejected)
    assert any(each["numbers"].get("limit_deg") == -18.0 for each in rejected)


def test_a_season_says_when_a_target_would_be_complete(store: Path) -> None:
    """The hours of the nights are summed up against what is wanted; with a target they are listed night by night."""
    seasons = json.loads(run(store, "season", "--nights", "3", "--at", EVENING, "--json"))
    rosette = next(each for each in seasons if each["target"] == "Rosette")
    assert rosette["wanted_hours"] == pytest.approx(8 * 300 / 3600, abs=0.001)
    assert rosette["complete_on"] == "2026-01-15"
    assert len(rosette["nights"]) == 3
    text = run(store, "season", "--nights", "3", "--target", "Rosette", "--at", EVENING)
    assert "Rosette, night by night" in text
    assert "15 Jan 15 Jan 2026-01-15" in " ".join(text.split())
    assert {each["why"] for each in seasons if each["complete_on"]} == {""}
    assert "no target competes with another" in " ".join(text.split())


def test_a_season_says_what_forbids_a_target_that_gets_nothing(store: Path, tmp_path: Path) -> None:
    """In the first of its nights: a place in the far south never rises at a site in the north."""
    south = copyfile(store, tmp_path / "south.sqlite")
    moved = ["target", "edit", "Rosette", "dec=-80d", "--db", str(south)]
    assert CliRunner().invoke(application(moved), moved).exit_code == 0
    text = run(south, "season", "--nights", "2", "--target", "Rosette", "--at", EVENING)
    assert "not in these" in text
    assert "Rosette: never rises: " in text
    assert "(night of 2026-01-15)" in text


def test_after_dawn_the_coming_night_is_meant(store: Path) -> None:
    """In the morning preview and season begin with the night to come; before dawn with what is left of this one."""
    morning, before_dawn = "2026-01-15T09:00:00+00:00", "2026-01-16T05:00:00+00:00"
    assert run(store, "preview", "--at", morning).startswith("night of 2026-01-15")
    assert run(store, "preview", "--at", before_dawn).startswith("night of 2026-01-15")
    seasons = {
        when: json.loads(run(store, "season", "--nights", "2", "--target", "M 81", "--at", when, "--json"))[0]["nights"]
        for when in (morning, before_dawn)
    }
    assert [night["date"] for night in seasons[morning]] == ["2026-01-15", "2026-01-16"]
    assert [night["date"] for night in seasons[before_dawn]] == ["2026-01-15", "2026-01-16"]
    assert seasons[before_dawn][0]["hours"] < 1 < 5 < seasons[morning][0]["hours"]


def test_a_horizon_that_lacks_is_told(tmp_path: Path) -> None:
    """A project that would keep above a horizon that the site has not: now, preview, season and the doctor say so."""
    document = first_catalogue()
    document["projects"][0] |= {"use_custom_horizon": True}
    file, clock = tmp_path / "store.sqlite", ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(document, opened, clock=clock)
    opened.close()
    said = "note: the site has no horizon, which Nebulae would keep above: the minimum altitude counts alone"
    assert said in run(file, "now", "--at", EVENING)
    assert said in run(file, "preview", "--at", EVENING)
    assert said in run(file, "season", "--nights", "2", "--at", EVENING)
    told = CliRunner().invoke(application(["doctor"]), ["doctor", "--db", str(file), "--json"])
    found = [each["found"] for each in json.loads(told.output)["warnings"]]
    assert "use_custom_horizon, and a site without a horizon: the minimum altitude counts alone" in found


def test_a_preview_reckons_with_a_second_camera(tmp_path: Path) -> None:
    """It says whose exposures it leaves out; named, a camera on the same mount counts for the same plans."""
    file, clock = tmp_path / "store.sqlite", ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(first_catalogue(), opened, clock=clock)
    with opened.read() as unit:
        [first] = unit.list(Profile)
    template = {"name": "Ha", "filter_name": "H", "default_exposure_s": 90.0}
    document = {"site": first_catalogue()["site"], "templates": [template]}
    for name in ("Wide", "Far"):
        profile = {"profile": {"name": name, "filters": ["H"], "focal_length_mm": 200.0}}
        load_second_camera(document | profile, opened, clock=clock, first=first)
    with opened.write() as unit:
        unit.delete_all(Contribution, profile_id=unit.find(Profile, name="Far").id)  # type: ignore[union-attr]
    opened.close()
    asked = ("preview", "--date", "2026-01-15", "--profile", "Refractor")
    alone = run(file, *asked)
    assert "85 exposures, times Europe/Zurich" in alone
    assert "note: what Wide takes for the same projects is left out of account" in alone
    both = run(file, *asked, "--second", "Wide")
    assert "note: what" not in both
    assert "2 x Ha 300 s + 6 beside" in both
    assert "of the second camera" in both
    assert "profile 'Far' contributes to no project of 'Refractor'" in run(file, *asked, "--second", "Far", status=1)
    sequence = tmp_path / "night.yaml"
    sequence.write_text(
        "catalogue: {profile: {name: Refractor, planner: {overheads: {new_target_s: 600}}}}\n"
        "second_camera: {profile: {name: Wide}}\n"
        "run: [{type: scheduler_container, until: {time: '05:00'}}]\n",
        encoding="utf-8",
    )
    [late, early] = (json.loads(run(file, *asked, *more, "--json")) for more in (("--sequence", str(sequence)), ()))
    for span, seconds in ((late[1], 600), (early[1], 0)):
        begun = [datetime.fromisoformat(each) for each in (span["start"], span["exposures"][0]["start"])]
        assert (begun[1] - begun[0]).total_seconds() == seconds
    assert sum(each["beside"] for span in late for each in span["exposures"]) > 0
    assert "(the sequence's `until` is 05:00 Europe/Zurich)" in run(file, *asked, "--sequence", str(sequence))
    assert "that of the first camera" in run(file, *asked, "--second", "Refractor", status=1)
    assert "cannot be read" in run(file, *asked, "--sequence", str(tmp_path), status=1)


def test_a_preview_says_why_others_get_nothing(tmp_path: Path) -> None:
    """A target that never rises, one that is complete, one below its limit and one that always loses."""
    document = first_catalogue()
    plan = {"template": "L", "desired": 4}
    further = {
        "South": {"ra_hours": 5.0, "dec_deg": -80.0, "plans": [plan]},
        "Low": {"ra_hours": 6.0, "dec_deg": -35.0, "plans": [plan]},
        "Done": {"ra_hours": 6.0, "dec_deg": 30.0, "plans": [plan | {"desired": 0}]},
    }
    document["projects"][0]["targets"] += [{"name": name, **fields} for name, fields in further.items()]
    later = {"name": "Later", "state": "active", "priority": 0, "grading_enabled": False}
    same = [{"name": "Twin", "ra_hours": 9.926, "dec_deg": 69.07, "plans": [plan | {"desired": 500}]}]
    document["projects"].append(later | {"targets": same})
    document["projects"][1]["targets"][0]["plans"] = [plan | {"desired": 500}]
    file, clock = tmp_path / "store.sqlite", ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(document, opened, clock=clock)
    opened.close()
    text = run(file, "preview", "--date", "2026-01-15")
    told = {
        line.split()[0]: " ".join(line.split())
        for line in text.partition("nothing for")[2].splitlines()
        if line.strip()
    }
    assert "Nebulae never rises culminates at" in told["South"]
    assert "Nebulae minimum altitude altitude 7.6 deg, must exceed 20.0 deg" in told["Low"]
    assert "Nebulae complete none of 1 plans wants more exposures" in told["Done"]
    assert "Later lower score it could be imaged, but others were chosen" in told["Twin"]
    document = json.loads(run(file, "preview", "--date", "2026-01-15", "--json", "--full"))
    idle = {"South": "never rises", "Low": "minimum altitude", "Done": "complete", "Twin": "lower score"}
    assert idle.items() <= {each["target"]: each["rule"] for each in document["idle"]}.items()
    assert document["spans"] == json.loads(run(file, "preview", "--date", "2026-01-15", "--json"))
    assert [document[key] for key in ("date", "profile", "site", "time_zone", "starts", "notes")] == [
        *("2026-01-15", "Refractor", "Sternwarte", "Europe/Zurich", "2026-01-15T11:00:00Z", []),
    ]
    nothing = run(file, "preview", "--date", "2026-01-15", "--target", "South")
    assert "timeline" not in nothing
    assert "never rises" in nothing
