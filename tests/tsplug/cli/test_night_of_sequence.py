"""`tsplug night preview --sequence`: whose night it is, and where, as the sequence says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock
from tsplug.testing.catalogue import first_catalogue


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with two rigs at one site."""
    file, clock = tmp_path_factory.mktemp("night") / "store.sqlite", ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(first_catalogue(), opened, clock=clock)
    other = first_catalogue()
    other["profile"]["name"] = "Travel rig"
    load_catalogue(other, opened, clock=clock)
    opened.close()
    return file


def preview(store: Path, sequence: Path, *words: str, status: int = 0, **catalogue: Any) -> str:
    """Return what is said of a night of a sequence with a catalogue."""
    run = [{"type": "scheduler_container"}]
    sequence.write_text(yaml.safe_dump({"catalogue": catalogue, "run": run}), encoding="utf-8")
    line = ["night", "preview", "--date", "2026-01-15", "--sequence", str(sequence), "--db", str(store), *words]
    done = CliRunner().invoke(application(line), line, env={"COLUMNS": "200"})
    assert done.exit_code == status, done.output
    return done.output


def test_the_sequence_says_whose_night_it_is(store: Path, tmp_path: Path) -> None:
    """Of several rigs the one that it names is previewed, without asking for --profile."""
    said = json.loads(preview(store, tmp_path / "a.yaml", "--json", "--full", profile={"name": "Travel rig"}))
    assert said["profile"] == "Travel rig"
    assert said["spans"]


@pytest.mark.parametrize(
    ("words", "profile", "said"),
    [
        ((), {}, "give --profile, one of: Refractor, Travel rig"),
        ((), {"name": "Nix"}, "a.yaml images with profile 'Nix', which is not stored: no profile 'Nix' is stored"),
        (("--profile", "Refractor"), {"name": "Travel rig"}, "images with profile 'Travel rig', not 'Refractor'"),
    ],
)
def test_a_rig_that_nobody_knows_is_told(
    words: tuple[str, ...], profile: dict[str, str], said: str, store: Path, tmp_path: Path
) -> None:
    """A line says which file names which profile."""
    text = " ".join(preview(store, tmp_path / "a.yaml", *words, status=1, profile=profile).split())
    assert said in text
    assert "Traceback" not in text


def test_a_sequence_that_was_never_run_is_previewed_by_itself(store: Path, tmp_path: Path) -> None:
    """Where the store, or that there is one, knows nothing of its rig, its own catalogue counts; nothing is written."""
    catalogue = first_catalogue()
    catalogue["profile"]["name"] = "New rig"
    before, nowhere = store.read_bytes(), tmp_path / "none.sqlite"
    for held, why in ((store, "the store knows nothing of the sequence yet"), (nowhere, f"no store at {nowhere}")):
        told = json.loads(preview(held, tmp_path / "a.yaml", "--json", "--full", **catalogue))
        assert (told["profile"], len({span["target"] for span in told["spans"]})) == ("New rig", 3)
        assert told["notes"][0].startswith(f"{why}: its own catalogue is previewed")
    assert store.read_bytes() == before
    assert not nowhere.exists()
    cameras = Path(__file__).parents[2] / "night" / "two_cameras.yaml"
    line = ["night", "preview", "--at", "2026-01-15T17:30:00Z", "--sequence", str(cameras), "--db", str(nowhere)]
    done = CliRunner().invoke(application(line), line, env={"COLUMNS": "200"})
    assert "3 exposures and 4 of the second camera" in done.output
    del catalogue["projects"][0]["name"]
    assert "a.yaml: projects[0].name: is missing" in preview(store, tmp_path / "a.yaml", status=1, **catalogue)


def test_the_sequence_says_where_the_rig_stands(store: Path, tmp_path: Path) -> None:
    """Its fields go before the stored ones, as they would where it is run; what differs is told."""
    rig = {"name": "Refractor"}
    south = {"name": "Sternwarte", "latitude_deg": -30.0, "longitude_deg": -70.8, "time_zone": "America/Santiago"}
    told = json.loads(preview(store, tmp_path / "a.yaml", "--json", "--full", profile=rig, site=south))
    assert (told["site"], told["time_zone"], told["starts"]) == (
        *("Sternwarte", "America/Santiago", "2026-01-15T15:00:00Z"),
    )
    assert "the sequence's site differs from the stored one: latitude_deg, longitude_deg, time_zone" in told["notes"]
    idle = {each["target"]: each["rule"] for each in told["idle"]}
    assert idle == {"M 81": "never rises"}
    same = json.loads(preview(store, tmp_path / "a.yaml", "--json", "--full", profile=rig, site={"name": "Sternwarte"}))
    assert not [note for note in same["notes"] if "site" in note]
    garden = {"name": "Garden", "latitude_deg": 47.0, "longitude_deg": 8.0}
    told = json.loads(preview(store, tmp_path / "a.yaml", "--json", "--full", profile=rig, site=garden))
    assert (told["site"], told["time_zone"]) == ("Garden", "Etc/GMT-1")
    assert "the sequence images at Garden, the stored profile stands at Sternwarte" in told["notes"]


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ({"name": "Sternwarte", "latitude_deg": 95}, "a.yaml: site.latitude_deg"),
        ({"name": "Nowhere"}, "a.yaml: site.latitude_deg"),
        ({"name": "Sternwarte", "time_zone": "Mars/Tharsis"}, "a.yaml: site.time_zone"),
    ],
)
def test_a_site_that_is_none_is_told(site: dict[str, Any], said: str, store: Path, tmp_path: Path) -> None:
    """A line says which field of which file is wrong."""
    text = preview(store, tmp_path / "a.yaml", status=1, profile={"name": "Refractor"}, site=site)
    assert said in "".join(text.split("\n"))
    assert "Traceback" not in text


def test_targets_of_the_sequence_that_take_no_part_are_told(store: Path, tmp_path: Path) -> None:
    """A preview goes by the targets of the store: what only the file has is named."""
    more = [
        {"name": "Nebulae", "state": "active", "targets": [{"name": "M 42"}, {"name": "NGC 1"}]},
        {"name": "Plans", "state": "draft", "targets": [{"name": "NGC 2"}]},
    ]
    told = json.loads(
        preview(store, tmp_path / "a.yaml", "--json", "--full", profile={"name": "Refractor"}, projects=more)
    )
    assert "targets of the sequence that are not in the store, or inactive there, are left out: NGC 1" in told["notes"]
