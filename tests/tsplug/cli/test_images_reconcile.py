"""What ``tsplug images reconcile`` tells, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.testing import ManualClock


def _run(folder: Path, *arguments: str) -> Result:
    db = folder / "store.sqlite"
    if not db.exists():
        open_store(str(db), ManualClock()).close()
    return CliRunner().invoke(application(["images"]), ["images", "reconcile", "--db", str(db), *arguments])


def test_files_that_cannot_be_read_are_a_failure_and_named(tmp_path: Path) -> None:
    """The others are recorded all the same; a script sees by the status that not all were."""
    lights = tmp_path / "lights"
    lights.mkdir()
    assert _run(tmp_path, str(lights)).exit_code == 0
    (lights / "torn.fits").write_bytes(b"SIMPLE")
    told = _run(tmp_path, str(lights))
    assert (told.exit_code, f"{lights}/torn.fits: " in told.stderr) == (1, True)
    as_json = _run(tmp_path, str(lights), "--json")
    assert as_json.exit_code == 1
    assert [each["file"] for each in json.loads(as_json.stdout)["bad"]] == [str(lights / "torn.fits")]


def test_an_empty_folder_name_is_wrong_use(tmp_path: Path) -> None:
    """It is not the folder in which the command happens to run."""
    refused = _run(tmp_path, "")
    assert (refused.exit_code, "DIR" in refused.stderr) == (2, True)
