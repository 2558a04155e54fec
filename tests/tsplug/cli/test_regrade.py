"""``tsplug regrade`` and ``tsplug criteria whatif`` on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night, made once."""
    folder = tmp_path_factory.mktemp("night")
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    store.close()
    return folder / "store.sqlite"


@pytest.fixture
def run(night: Path, tmp_path: Path) -> Run:
    """Return what runs a command on a store of the test's own."""
    db = shutil.copy(night, tmp_path / "store.sqlite")

    def runs(*arguments: str) -> Result:
        environment = {"TSPLUG_DB": str(db), "COLUMNS": "120", "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment)

    return runs


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_regrade_tells_what_changed(run: Run) -> None:
    """A dry run shows the diff, the run makes it, and a second one finds nothing."""
    regrade = ("regrade", "--all", "--set", "default")
    dry = document(run(*regrade, "--dry-run", "--json"))
    assert {"processed", "updated", "skipped_manual", "targets_completed", "targets_reopened", "changes"} <= dry.keys()
    assert (dry["processed"], len(dry["changes"])) == (15, dry["updated"])
    assert document(run("images", "list", "--json", "--limit", "1"))[0]["band"] is None
    shown = run(*regrade).stdout
    assert "processed 15, updated 15, skipped 0 given by hand" in shown
    assert "project 'Galaxies' is left alone: grading is off for it" in shown
    assert document(run(*regrade, "--json"))["updated"] == 0
    images = document(run("images", "list", "--json", "--project", "Nebulae"))
    assert all(image["band"] and image["score"] for image in images)


GRADER = """
from tsplug import hookimpl

class Psf:
    @hookimpl(wrapper=True)
    def grade_plan(self, event, context):
        return (yield)
"""


def test_pending_images_are_left_to_all_graders_where_others_are_installed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A regrade asks the built-in graders alone, and would accept what another one has yet to look at."""
    run("images", "grade", "1", "2", "pending")  # beside 10, which is
    told = tmp_path / "psf-1.0.dist-info"
    told.mkdir()
    (tmp_path / "psf.py").write_text(GRADER, encoding="utf-8")
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: psf\nVersion: 1.0\n", encoding="utf-8")
    (told / "entry_points.txt").write_text("[tsplug]\npsf = psf:Psf\n", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.syspath_prepend(tmp_path)
        shown = run("regrade", "--all", "--set", "default").stdout
    assert "processed 12, updated 12" in shown
    assert "pending images are left to tsplug grade run, which asks psf too" in shown
    assert "processed 15, updated 3" in run("regrade", "--all", "--set", "default").stdout


def test_a_set_is_tried_on_a_night(run: Run, tmp_path: Path) -> None:
    """Bands before and after, by a draft that is stored nowhere; nothing is written."""
    draft = tmp_path / "draft.yaml"
    draft.write_text("rows: {hfr: {weight: 1}}")
    row = document(run("criteria", "whatif", "--set", str(draft), "--night", "2026-01-15", "--json"))
    assert row["bands"]["before"] == {"ungraded": 15}
    assert sum(row["bands"]["after"].values()) == 15
    assert (row["set"], row["dry_run"]) == ("draft", True)
    assert "before" in run("criteria", "whatif", "--set", str(draft), "--night", "2026-01-15").stdout
    assert document(run("images", "list", "--json", "--limit", "1"))[0]["band"] is None
    other = document(run("criteria", "whatif", "--set", str(draft), "--night", "2026-01-14", "--json"))
    assert other["processed"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("regrade",), 2, "give --target, --profile or --all"),
        (("regrade", "--target", "M 1"), 1, "no target 'M 1' is stored"),
        (("regrade", "--all", "--set", "Soft"), 1, "no criteria set 'Soft' is stored"),
        (("regrade", "--all", "--from", "soon"), 2, "nor a day like 2026-01-15"),
        (("regrade", "--all", "--from", "2026-02-01", "--to", "2026-01-01"), 1, "the end comes before the beginning"),
        (("criteria", "whatif", "--set", "default", "--night", "today"), 2, "is not a date like"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...], *, status: int, message: str) -> None:
    """What is wrong and where, with the exit status of wrong use or of a refusal."""
    result = run(*arguments)
    assert (result.exit_code, "Traceback" in result.output) == (status, False)
    assert message in result.output
