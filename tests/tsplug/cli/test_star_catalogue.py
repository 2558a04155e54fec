"""The star catalogue, as `tsplug catalogue` installs and shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tsplug.cli.application import application


def run(folder: Path, *arguments: str) -> Result:
    """Run `tsplug catalogue` with a data folder of its own."""
    environment = {"TSPLUG_DATA_DIR": str(folder / "data"), "COLUMNS": "200", "NO_COLOR": "1"}
    return CliRunner().invoke(application(["catalogue"]), ["catalogue", *arguments], env=environment)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table of two hundred stars."""
    rows = ["ra,dec,mag", *(f"{number},{number / 5 - 20},{number / 20}" for number in range(200))]
    (tmp_path / "stars.csv").write_text("\n".join(rows))
    return tmp_path / "stars.csv"


def test_a_catalogue_is_installed_and_shown(tmp_path: Path, table: Path) -> None:
    """It lies in the user's data folder, which is made."""
    made = run(tmp_path, "install", str(table), "--faintest", "8")
    assert made.exit_code == 0, made.output
    assert made.stdout == f"{tmp_path}/data/stars.catalogue: 161 stars down to magnitude 8.0, of table stars.csv\n"
    told = json.loads(run(tmp_path, "show", "--json").stdout)
    assert (told["stars"], told["source"]) == (161, "table stars.csv")


def test_a_catalogue_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With what makes one."""
    told = run(tmp_path, "show")
    assert (told.exit_code, "tsplug catalogue install FILE" in told.output) == (1, True)


def test_a_file_that_is_none_leaves_the_catalogue(tmp_path: Path, table: Path) -> None:
    """What was installed stays."""
    run(tmp_path, "install", str(table))
    table.write_text("nothing")
    assert run(tmp_path, "install", str(table)).exit_code == 1
    assert json.loads(run(tmp_path, "show", "--json").stdout)["stars"] == 200
