"""`tsplug import horizon`: a file becomes the horizon of a site."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import Site
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock
from tsplug.testing.catalogue import first_catalogue


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file, clock = tmp_path / "store.sqlite", ManualClock()
    opened = open_store(f"sqlite:///{file}", clock, create=True)
    load_catalogue(first_catalogue(), opened, clock=clock)
    opened.close()
    return file


def run(store: Path, *words: object, status: int = 0) -> str:
    line = ["import", "horizon", *map(str, words), "--db", str(store)]
    done = CliRunner().invoke(application(["import"]), line)
    assert done.exit_code == status, done.output
    return done.output


def horizon_file(tmp_path: Path, text: str = "# the barn\n0 5\n90 32.5\n180 5\n") -> Path:
    file = tmp_path / "barn.hrz"
    file.write_text(text)
    return file


def test_the_only_site_gets_the_horizon(store: Path, tmp_path: Path) -> None:
    """The answer tells how high it is and where, and the store keeps its points."""
    text = run(store, horizon_file(tmp_path))
    assert "site 'Sternwarte' has a horizon of 3 points, from 5 to 32.5 degrees (highest at azimuth 90)" in text
    opened = open_store(f"sqlite:///{store}", ManualClock())
    with opened.read() as unit:
        assert unit.list(Site)[0].horizon == [(0.0, 5.0), (90.0, 32.5), (180.0, 5.0)]
    opened.close()


def test_a_named_site_and_another_form(store: Path, tmp_path: Path) -> None:
    """Zenith distances of a Stellarium landscape become altitudes."""
    file = horizon_file(tmp_path, "0 85\n180 60\n")
    said = json.loads(run(store, file, "--site", "Sternwarte", "--form", "azDeg_zdDeg", "--json"))
    assert said == {"site": "Sternwarte", "horizon": [[0.0, 5.0], [180.0, 30.0]]}


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("0 5\n1 x\n", (), "is no horizon file: line 2"),
        ("0 5\n1 6\n", ("--site", "Mars"), "Mars"),
        ("0 5\n1 6\n", ("--form", "polar"), "no horizon has the form 'polar'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    text: str, words: tuple[str, ...], said: str, store: Path, tmp_path: Path
) -> None:
    """A wrong line, an unknown site and an unknown form are named."""
    assert said in " ".join(run(store, horizon_file(tmp_path, text), *words, status=1).split())


def test_several_sites_must_be_told_apart(store: Path, tmp_path: Path) -> None:
    """Without --site the sites are listed."""
    opened = open_store(f"sqlite:///{store}", ManualClock())
    with opened.write() as unit:
        unit.add(Site(name="Hill", latitude_deg=47.0, longitude_deg=8.0))
    opened.close()
    assert "give --site, one of: Sternwarte, Hill" in run(store, horizon_file(tmp_path), status=1)


def test_a_store_without_sites_says_so(tmp_path: Path) -> None:
    """There is nothing to give a horizon to."""
    file = tmp_path / "empty.sqlite"
    open_store(f"sqlite:///{file}", ManualClock(), create=True).close()
    assert "the store has no site yet" in run(file, horizon_file(tmp_path), status=1)
