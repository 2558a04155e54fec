"""``tsplug report`` as its users run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import Page
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of a recorded night, which reports only read."""
    file = tmp_path_factory.mktemp("reports") / "store.sqlite"
    clock = ManualClock(START)
    store = open_store(str(file), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store)
    store.close()
    return file


@pytest.fixture
def run(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in an empty folder on the morning after the night."""
    monkeypatch.chdir(tmp_path)

    def runs(*arguments: str) -> Result:
        environment = {"TSPLUG_DB": str(db), "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(
            application(arguments), ["--at", "2026-01-16T06:00:00+01:00", *arguments], env=environment
        )

    return runs


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("words", "files", "lights"),
    [
        (("target", "M 42"), ["M_42_report.html"], 10),
        (("target", "m 42", "--out", "new/page.html"), ["new/page.html"], 10),
        (("profile",), ["Refractor_report.html"], 42),
        (("profile", "Refractor", "--out", "."), ["Refractor_report.html"], 42),
        (("night", "2026-01-15", "--out", "night.html"), ["night.html"], 42),
    ],
)
def test_a_report_is_written_and_told(run: Run, words: tuple[str, ...], files: list[str], lights: int) -> None:
    """The page goes where it was wanted, and JSON holds its numbers; again, the earlier page is replaced."""
    first = run("report", *words)
    assert (first.exit_code, first.stdout) == (0, "".join(f"written: {file}\n" for file in files))
    told = document(run("report", *words, "--json"))
    assert told["files"] == files
    assert told["total"]["exposures"] == sum(row["exposures"] for row in told["filters"]) == lights
    page = Page(Path(files[-1]).read_text(encoding="utf-8"))
    assert page.tables["sums"][-1][1] == str(lights)


def test_a_night_keeps_its_files(run: Run) -> None:
    """Into a folder go the CSV and the summary of each target too, and the page last."""
    files = document(run("report", "night", "--out", "out", "--json"))["files"]
    assert len(files) == 7
    assert files[-1] == "out/report.html"


def test_the_number_of_listed_lights_can_be_chosen(run: Run) -> None:
    """``--frames`` lists so many of the newest lights, in the page and in JSON, and none for 0."""
    told = document(run("report", "target", "M 42", "--frames", "3", "--json"))
    assert (len(told["lights"]), told["lights_total"]) == (3, 10)
    assert len(Page(Path("M_42_report.html").read_text(encoding="utf-8")).tables["frames"]) == 4
    assert document(run("report", "night", "--out", "n.html", "--frames", "0", "--json"))["lights"] == []


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("target", "M 99"), 1, "no target 'M 99' is stored; there are: M 42, Rosette, M 81"),
        (("profile", "Newton"), 1, "no profile 'Newton' is stored; there are: Refractor"),
        (
            ("night", "2026-01-20"),
            1,
            "no lights in the night of 2026-01-20; the nearest night with lights is 2026-01-15",
        ),
        (("night", "20-01-2026"), 2, "'20-01-2026' is not a date like 2026-01-15"),
        (("target", "M 42", "--out", "diary.html"), 1, "diary.html is there already and is no report of tsplug"),
        (("night", "--out", "diary.html"), 1, "diary.html is there already and is no report of tsplug"),
        (("target", "M 42", "--frames", "-1"), 2, "'--frames': must be greater"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, words: tuple[str, ...], status: int, said: str) -> None:
    """Unknown names, nights without lights and files of others: one line, nothing written over."""
    Path("diary.html").write_text("<p>my diary</p>", encoding="utf-8")
    result = run("report", *words)
    assert result.exit_code == status
    assert said in result.output
    assert [file.name for file in Path().iterdir()] == ["diary.html"]
    assert Path("diary.html").read_text(encoding="utf-8") == "<p>my diary</p>"
