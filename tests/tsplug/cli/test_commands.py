from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import tsplug
from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]
AFTER = "2026-01-16T06:00:00+01:00"


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night, whose frames lie nowhere; each test works on a copy."""
    folder = tmp_path_factory.mktemp("recorded")
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    store.close()
    return folder / "store.sqlite"


@pytest.fixture
def db(recorded: Path, tmp_path: Path) -> Path:
    """Return the file of a store with a recorded night."""
    return Path(shutil.copyfile(recorded, tmp_path / "store.sqlite"))


@pytest.fixture
def run(db: Path) -> Run:
    """Return what runs a command on the store, at 80 columns."""

    def runs(*arguments: str, columns: int = 80) -> Result:
        environment = {"TSPLUG_DB": str(db), "COLUMNS": str(columns), "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment)

    return runs


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("kind", ["site", "profile", "project", "target", "template", "plan"])
def test_every_kind_of_record_is_listed_and_shown(run: Run, kind: str) -> None:
    """List and show tell the same record, as JSON and as a table; show adds what it holds."""
    first = document(run(kind, "list", "--json"))[0]
    shown = document(run(kind, "show", first["guid"], "--json"))
    assert {key: shown[key] for key in first} == first
    assert set(shown) - set(first) <= {"plans", "targets"}
    assert first["guid"] in run(kind, "show", str(first["id"])).stdout.replace("\n", "")
    assert run(kind, "list").exit_code == 0


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ((), 42),
        (("--target", "m 81"), 27),
        (("--project", "Nebulae", "--filter", "L"), 4),
        (("--status", "rejected"), 2),
        (("--from", "2026-01-15", "--to", "2026-01-15"), 42),
        (("--from", "2026-01-16"), 0),
        (("--range", "2", "--at", "2026-01-16T09:00:00+01:00"), 42),
        (("--range", "today", "--at", "2026-01-16T09:00:00+01:00"), 0),
        (("--since", "2026-01-17T00:00:00+01:00"), 0),
        (("--to", "2026-01-14"), 0),
        (("--from", "2026-01-15T20:10:00+00:00"), 6),
        (("--profile", "Refractor", "--limit", "5"), 5),
    ],
)
def test_images_are_filtered(run: Run, filters: tuple[str, ...], count: int) -> None:
    """Each filter leaves the images it should, newest first."""
    images = document(run("images", "list", "--json", *filters))
    assert len(images) == count
    assert [image["started"] for image in images] == sorted((image["started"] for image in images), reverse=True)


def test_an_image_is_shown(run: Run) -> None:
    """Show tells one image, by id, with its metrics."""
    assert document(run("images", "show", "5", "--json"))["reject_reason"] == "HFR"
    assert "hfr: 3.67" in run("images", "show", "5").stdout


def test_a_grade_is_explained(run: Run) -> None:
    """Explain shows the verdict with the numbers behind it, and who changed the status."""
    told = document(run("grade", "explain", "5", "--json"))
    assert told["verdicts"][0]["inputs"]["population"] == {"size": 8}
    assert [change["to_status"] for change in told["history"]][-1] == "rejected"
    text = run("grade", "explain", "5").stdout
    assert "3.679 px" in text
    assert "1.45 to 2.7 passes" in text
    assert "No grader" in run("grade", "explain", "10").stdout


def test_pending_images_are_graded(run: Run) -> None:
    """Before the delay is reached grading waits and says so; forced, it grades."""
    waiting = document(run("grade", "run", "--target", "M 42", "--json", "--at", AFTER))
    assert any(plan["waiting"] for plan in waiting)
    forced = run("grade", "run", "--plan", "2", "--force", "--at", AFTER)
    assert "1 image judged" in forced.stdout
    assert len(document(run("images", "list", "--status", "pending", "--json"))) == 0


def test_flats_are_told(run: Run) -> None:
    """Sessions with flats are not due, the blue one without is; sets tell their frames, and that none is on disk."""
    due = document(run("flats", "due", "--json", "--at", "2026-01-16T18:00:00+01:00"))
    assert {row["filter"] for row in due if row["due"]} == {"B"}
    sets = document(run("flats", "history", "--json"))
    assert [(row["recorded"], row["on_disk"], row["wanted"]) for row in sets] == [(10, 0, 10)] * 4
    assert "blue" not in run("flats", "due", "--at", AFTER).stdout
    assert run("flats", "history", "--profile", "refractor").exit_code == 0


def test_astrobin_files_are_written(run: Run, tmp_path: Path) -> None:
    """The command writes CSV and summary, and tells rows; rejected lights count when asked for."""
    told = document(run("astrobin", "--target", "M 42", "--out", str(tmp_path / "o"), "--json", "--at", AFTER))
    assert [Path(file).name for file in told["files"]] == [
        "M_42_acquisition.csv",
        "M_42_session_summary.txt",
        "M_42_session_summary.html",
    ]
    assert sum(row["number"] for row in told["rows"]) == 8
    more = run(
        *("astrobin", "--target", "M 42", "--out", str(tmp_path), "--include-rejected", "--include-pending"),
        *("--at", AFTER, "--json"),
    )
    assert sum(row["number"] for row in document(more)["rows"]) == 10
    early = run("astrobin", "--target", "M 42", "--out", str(tmp_path / "e"), "--at", "2026-01-01T00:00:00Z")
    assert early.exit_code == 1
    assert "is in the future" in early.stderr
    assert "Observation session summary" in early.stdout


def test_the_report_is_of_the_latest_night_or_a_given_one(run: Run, tmp_path: Path) -> None:
    """Without a date it is the latest night; a date gives that of the date."""
    latest = document(run("report", "night", "--out", str(tmp_path / "o"), "--json", "--at", AFTER))
    assert latest["night"] == "2026-01-15"
    assert len(latest["files"]) == 7
    other = run("report", "night", "2026-01-15", "--out", str(tmp_path / "p"))
    assert "report.html" in other.stdout.replace("\n", "")


@pytest.mark.parametrize("night", ["2026-01-10", "2026-01-20"])
def test_a_night_without_lights_has_no_report(run: Run, tmp_path: Path, night: str) -> None:
    """A night in which nothing was imaged is refused with the nearest that has lights, and nothing is written."""
    refused = run("report", "night", night, "--out", str(tmp_path / "o"))
    assert refused.exit_code == 1
    assert f"no lights in the night of {night}; the nearest night with lights is 2026-01-15" in refused.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("flats", "due", "--at", "0001-01-01T00:00:00Z"),
        ("flats", "due", "--at", "9999-12-31T23:00:00-10:00"),
        ("night", "now", "--at", "0001-01-01T00:00:00+10:00"),
        ("night", "now", "--at", "2150-01-01T00:00:00Z"),
        ("images", "list", "--to", "9999-12-31"),
        ("images", "list", "--from", "0001-01-01"),
        ("report", "night", "9999-12-31"),
    ],
)
def test_a_time_at_the_edge_of_the_calendar_is_wrong_use(run: Run, arguments: tuple[str, ...]) -> None:
    """Years that no sky is computed for are refused with those that are."""
    result = run(*arguments, columns=200)
    assert result.exit_code == 2
    assert "the year must lie within 1950 to 2099" in result.stderr


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("at", ["1950-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
def test_every_year_allowed_is_computed(run: Run, at: str) -> None:
    """At the edges of what is allowed, commands answer without a warning."""
    for arguments in (("flats", "due"), ("night", "now")):
        result = run(*arguments, "--at", at)
        assert (result.exit_code, result.stderr) == (0, ""), result.exception


def test_an_empty_file_stays_empty(run: Run, tmp_path: Path) -> None:
    """Looking at a file with nothing in it does not make it a store."""
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    result = run("images", "list", "--db", str(empty), columns=200)
    assert result.exit_code == 1
    assert "empty.sqlite holds nothing yet; run a night, import a catalogue, or give --db" in result.stderr
    assert empty.read_bytes() == b""


def test_the_doctor_prints_paths_whole(run: Run, recorded: Path) -> None:
    """However narrow the console is, the file of a missing frame stands in one piece, to be copied."""
    shown = run("doctor", columns=60).stdout
    assert str(recorded.parent / "lights") in shown
    assert any(line.startswith("found: ") and line.endswith(": missing") for line in shown.splitlines())


def test_what_is_imaged_now_is_told(run: Run) -> None:
    """Night now names a target and why others are not imaged; by day there is nothing or a wait."""
    now = document(run("night", "now", "--json", "--at", "2026-01-15T22:00:00+01:00"))
    assert now["kind"] == "exposure"
    assert "now: " in run("night", "now", "--at", "2026-01-15T22:00:00+01:00").stdout
    assert run("night", "now", "--at", "2026-01-15T14:00:00+01:00").exit_code == 0


def test_the_doctor_finds_missing_frames(run: Run) -> None:
    """Frames that are not on disk are problems and exit status 1."""
    found = run("doctor", "--json")
    assert found.exit_code == 1
    assert len(json.loads(found.stdout)["problems"]) >= 42
    assert "problems in" in run("doctor", "--fix").stdout


def test_the_version_is_told(run: Run) -> None:
    """Version prints it, as JSON too."""
    assert document(run("version", "--json")) == {"version": tsplug.__version__}
    assert run("version").stdout == f"tsplug {tsplug.__version__}\n"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_narrow_console_loses_nothing(run: Run, columns: int) -> None:
    """However narrow the console is, no line is wider, and every word of the table is there."""
    shown = run("images", "list", "--limit", "3", columns=columns).stdout
    assert max(len(line) for line in shown.splitlines()) <= columns
    assert "..." not in shown
    assert all(shown.count(word) >= 3 for word in ("M 81", "accepted", "2.3"))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ("images", "list", "--db", "missing.sqlite"),
            "no store at missing.sqlite: give --db, or begin one: `tsplug site add`",
        ),
        (("images", "list", "--db", "sqlite:///missing.sqlite"), "no store at missing.sqlite"),
        (("images", "list", "--db", "what://ever"), "tsplug keeps stores in SQLite or PostgreSQL"),
        (("images", "list", "--target", "M 99"), "no target 'M 99' is stored; there are: M 42, Rosette, M 81"),
        (("flats", "due", "--profile", "nobody"), "no profile 'nobody' is stored; there are: Refractor"),
        (("grade", "explain", "9999999999999999999999"), "no image"),
        (("report", "night", "--out", "/dev/null/x"), "cannot be written"),
    ],
)
def test_what_fails_is_one_line(run: Run, arguments: tuple[str, ...], text: str) -> None:
    """A failure is exit status 1, one line on standard error, nothing on standard output."""
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert text in result.stderr
    assert [line for line in result.stderr.splitlines() if line.startswith("error: ")] == [
        result.stderr.splitlines()[-1]
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("images", "list", "--status", "nice"),
        ("images", "list", "--at", "noon"),
        ("images", "list", "--at", "2026-01-15T12:00:00"),
        ("images", "list", "--from", "yesterday"),
        ("report", "night", "2026-13-01"),
        ("images", "show"),
        ("nonsense",),
    ],
)
def test_wrong_use_is_exit_status_two(run: Run, arguments: tuple[str, ...]) -> None:
    """Wrong use says what is wrong on standard error and ends with 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr
