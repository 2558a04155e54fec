from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from scheduler_databases import make_database, small_rows
from typer.testing import CliRunner, Result

from tsplug.cli.application import application

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a command on a store that is not there yet, in a folder of its own."""

    def runs(*arguments: str) -> Result:
        environment = {"TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment)

    return runs


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a small Target Scheduler database."""
    return str(make_database(tmp_path / "schedulerdb.sqlite", 23, small_rows(23)))


def test_a_database_comes_in_and_goes_out(run: Run, file: str, tmp_path: Path) -> None:
    """Import makes the store, says what came, says that nothing came the second time; export writes it all."""
    first = run("import", "nina-db", file)
    assert first.exit_code == 0, first.output
    assert "user_version 23" in first.stdout
    assert "N.I.N.A. 1f9a6b1c" in first.stdout
    assert "target was deleted" in first.stdout
    assert "No changes" in run("import", "nina-db", file).stdout
    assert 'Müller\'s "Galaxien" 🌌' in run("project", "list").stdout
    out = str(tmp_path / "Zurück zu N.I.N.A. 🌙.sqlite")
    exported = run("export", "nina-db", out)
    assert exported.exit_code == 0, exported.output
    assert "N.I.N.A. keeps them in its profile" in exported.stdout
    assert json.loads(run("import", "nina-db", out, "--dry-run", "--json").stdout)["version"] == 23


def test_reports_are_one_json_document(run: Run, file: str, tmp_path: Path) -> None:
    """With --json there is one document with counts per table and everything that was not carried."""
    report = json.loads(run("import", "nina-db", file, "--json").stdout)
    counts = {table["table"]: table for table in report["tables"]}
    assert counts["acquiredimage"] == {"table": "acquiredimage", "read": 5, "added": 5, "updated": 0, "unchanged": 0}
    assert report["not_carried"][0].keys() == {"table", "id", "what", "why"}
    exported = json.loads(run("export", "nina-db", str(tmp_path / "out.sqlite"), "--json").stdout)
    assert exported["tables"]["acquiredimage"] == 5


def test_a_dry_run_makes_no_store(run: Run, file: str, tmp_path: Path) -> None:
    """Looking at what would come leaves nothing behind."""
    result = run("import", "nina-db", file, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nothing was changed" in result.stdout
    assert not (tmp_path / "store.sqlite").exists()


def test_wrong_input_is_one_line(run: Run, tmp_path: Path) -> None:
    """A file that is none, and one that would be overwritten, end with status 1, a clear line and no store."""
    text = tmp_path / "notes.txt"
    text.write_text("notes", encoding="utf-8")
    result = run("import", "nina-db", str(text))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "not an SQLite database" in result.stderr
    assert not (tmp_path / "store.sqlite").exists()


def test_an_export_replaces_on_demand_only(run: Run, file: str) -> None:
    """A file that is there is not overwritten without --force."""
    assert run("import", "nina-db", file).exit_code == 0
    refused = run("export", "nina-db", file)
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert run("export", "nina-db", file, "--force", "--profile", "N.I.N.A. 1f9a6b1c").exit_code == 0


def test_different_fields_are_told_apart(run: Run, tmp_path: Path) -> None:
    """Two fields of a row that are wrong for the same reason have a line each; the same field of two rows has one."""
    rows = small_rows(23)
    rows["target"][0] |= {"rotation": "x", "roi": "x"}
    rows["target"][1] |= {"rotation": "y"}
    told = run("import", "nina-db", str(make_database(tmp_path / "odd.sqlite", 23, rows))).stdout
    assert "target 1, 2: rotation 'x' (and 1 more): is not a number" in told
    assert "target 1: roi 'x': is not a number" in told
