from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from archives import holdings
from nina_profiles import profile_xml, write_profile
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.night import record_night

Run = Callable[..., Result]
BOMB = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Profile><Id>&b;</Id></Profile>'


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night, to be copied."""
    file = tmp_path_factory.mktemp("recorded") / "store.sqlite"
    clock = ManualClock()
    store = open_store(str(file), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store)
    store.close()
    return file


@pytest.fixture
def db(recorded: Path, tmp_path: Path) -> Path:
    """Return the file of a store with a recorded night."""
    return Path(shutil.copy(recorded, tmp_path / "store.sqlite"))


@pytest.fixture
def run(db: Path) -> Run:
    """Return what runs a command on the store."""

    def runs(*arguments: object, store: Path = db) -> Result:
        environment = {"TSPLUG_DB": str(store), "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(application(map(str, arguments)), [str(each) for each in arguments], env=environment)

    return runs


def kept(db: Path) -> dict[str, Any]:
    """Return everything a store holds."""
    store = open_store(str(db), ManualClock(), create=False, keep_copy=False)
    try:
        return holdings(store)
    finally:
        store.close()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return it."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    "command", [("nina-profile",), ("targets", "--project", "Nebulae"), ("profile",), ("nina-db",)]
)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("binary", bytes(range(256)) * 40),
        ("zeros", b"\0" * 4096),
        ("words", b"hello world\n"),
        ("bomb", BOMB.encode()),
        ("traversal", None),
        ("folder", None),
        ("missing", None),
        ("twice.csv", b"Name;RA;Dec\nA;25h;0\nA;5h;91\n"),
        ("columns.csv", "Name;RA\nW\xfcrzburg;1h\n".encode("latin-1")),
    ],
)
def test_damaged_files_change_nothing(
    run: Run, db: Path, tmp_path: Path, command: tuple[str, ...], name: str, content: bytes | None
) -> None:
    """Whatever a file holds that it should not, one line says so and the store is as it was."""
    file = tmp_path / name
    if name == "folder":
        file.mkdir()
    elif name == "traversal":
        with ZipFile(file, "w") as archive:
            archive.writestr("../../targets.jsonl", "{}")
    elif content is not None:
        file.write_bytes(content)
    before = kept(db)
    result = run("import", *command, file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert str(file) in result.stderr
    assert kept(db) == before


def test_a_list_is_imported_as_it_is_typed(run: Run, tmp_path: Path) -> None:
    """A list goes into a project with plans; a wrong row is told, the others are in, and the status says so."""
    file = write(tmp_path, "süd liste.csv", 'Name;RA;Dec\nSüd 🔭 "1";5,5;-5,25\nFern;25h;0\n'.encode())
    result = run("import", "targets", file, "--project", "Süd & Nord", "--plan", "L:40", "--template", "Ha:20x300")
    assert result.exit_code == 1
    assert "1 of 2 rows could not be imported" in result.stderr
    assert "RA must lie within 0 to below 24 hours, not 25h" in result.stdout
    plans = json.loads(run("plan", "list", "--target", 'Süd 🔭 "1"', "--json").stdout)
    assert [(plan["template"], plan["desired"], plan["seconds"]) for plan in plans] == [("L", 40, 120), ("Ha", 20, 300)]


def test_a_list_is_reported_as_json(run: Run, tmp_path: Path) -> None:
    """With JSON, one document tells rows and problems; a dry run changes nothing."""
    file = write(tmp_path, "list.csv", "Name;RA;Dec\nA;1h;2\n")
    result = run("import", "targets", file, "--project", "New", "--dry-run", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["project"], told["project_made"], told["dry_run"], told["problems"]) == ("New", True, True, [])
    assert told["rows"] == [{"line": 2, "name": "A", "done": "added", "id": None}]
    assert "New" not in run("project", "list").stdout


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("L:0", "the count must be within 1 to 99999, not 0"),
        ("L:-3", "the count must be within 1 to 99999, not -3"),
        ("L:100000", "the count must be within 1 to 99999, not 100000"),
        ("L:4x-2", "the seconds must be a number above 0 and at most 32767, not '-2'"),
        ("L:4x0", "the seconds must be a number above 0 and at most 32767, not '0'"),
        ("L:4xnan", "the seconds must be a number above 0 and at most 32767, not 'nan'"),
        ("L:4x40000s", "the seconds must be a number above 0 and at most 32767, not '40000'"),
    ],
)
def test_wrong_numbers_of_plans_are_told(run: Run, tmp_path: Path, plan: str, words: str) -> None:
    """A plan of no exposures, or of no length, is wrong use; the message says which number is wrong."""
    file = write(tmp_path, "list.csv", "Name;RA;Dec\nA;1h;2\n")
    result = run("import", "targets", file, "--project", "New", "--plan", plan)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert "New" not in run("project", "list").stdout


@pytest.mark.parametrize("source", ["profile", "nina-db", "nina-profile", "targets"])
def test_a_failed_import_leaves_no_new_store(run: Run, tmp_path: Path, source: str) -> None:
    """Where there was no store, an import that fails makes none."""
    file, store = write(tmp_path, "broken", b"nothing"), tmp_path / "new" / "new.sqlite"
    store.parent.mkdir()
    more = ("--project", "New") if source == "targets" else ()
    assert run("import", source, file, *more, store=store).exit_code == 1
    assert list(store.parent.iterdir()) == []


@pytest.mark.parametrize("plan", ["L:many", "L:0x0", ":5", "L:5x"])
def test_wrong_plans_are_wrong_use(run: Run, tmp_path: Path, plan: str) -> None:
    """A plan of another form is wrong use or names no template."""
    file = write(tmp_path, "list.csv", "Name;RA;Dec\nA;1h;2\n")
    result = run("import", "targets", file, "--project", "New", "--plan", plan)
    assert result.exit_code in (1, 2)
    assert "New" not in run("project", "list").stdout


def test_a_profile_makes_a_store(run: Run, tmp_path: Path) -> None:
    """A N.I.N.A. profile may be the first thing a store gets; again, it says that nothing changed."""
    file, store = write_profile(tmp_path), tmp_path / "new.sqlite"
    dry = run("import", "nina-profile", file, "--dry-run", store=store)
    assert (dry.exit_code, store.exists()) == (0, False)
    first = run("import", "nina-profile", file, "--time-zone", "America/Denver", store=store)
    assert first.exit_code == 0, first.stderr
    assert "profile 'Rig Süd'" in first.stdout
    assert "C:\\N.I.N.A\\garden.hrz is not on this machine; give it with --horizon FILE" in first.stdout
    again = run("import", "nina-profile", file, store=store)
    assert "no changes: everything was here already" in again.stdout
    site = json.loads(run("site", "list", "--json", store=store).stdout)[0]
    assert site["time_zone"] == "America/Denver"


def test_a_horizon_can_be_given(run: Run, tmp_path: Path) -> None:
    """A horizon comes from an option, or from beside the profile; a wrong one beside it is left out and told."""
    file = write_profile(tmp_path, profile_xml())
    given = write(tmp_path, "my.hrz", "0 10\n180 20\n")
    assert run("import", "nina-profile", file, "--horizon", given).exit_code == 0
    site = json.loads(run("site", "list", "--json").stdout)[-1]
    assert site["horizon"] == [[0, 10], [180, 20]]
    write(tmp_path, "garden.hrz", "no horizon")
    result = run("import", "nina-profile", file)
    assert result.exit_code == 0
    assert "the horizon was left out" in result.stdout
    assert run("import", "nina-profile", file, "--horizon", tmp_path / "none").exit_code == 1
    assert run("import", "nina-profile", file, "--time-zone", "X/Y").exit_code == 2


def test_a_profile_travels(run: Run, db: Path, tmp_path: Path) -> None:
    """An exported profile comes in elsewhere as it was, is not overwritten by accident, and comes as a copy."""
    file, other = tmp_path / "rig.zip", tmp_path / "other.sqlite"
    written = json.loads(run("export", "profile", file, "--json").stdout)
    assert (written["profile"], written["parts"]["images"], written["thumbnails"]) == ("Refractor", 42, True)
    refused = run("export", "profile", file)
    assert (refused.exit_code, "is there already" in refused.stderr) == (1, True)
    assert run("export", "profile", file, "--force", "--no-thumbnails").exit_code == 0
    assert run("export", "profile", file, "--force").exit_code == 0
    dry = run("import", "profile", file, "--dry-run", store=other)
    assert "would be made; nothing was changed" in dry.stdout
    assert not other.exists()
    assert run("import", "profile", file, store=other).exit_code == 0
    assert kept(other) == kept(db)
    assert "No changes" in run("import", "profile", file, store=other).stdout
    copied = json.loads(run("import", "profile", file, "--as-copy", "--json", store=other).stdout)
    assert (copied["profile"], copied["as_copy"]) == ("Refractor (1)", True)
