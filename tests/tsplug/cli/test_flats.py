"""The commands about flats and training, as their users run them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue, store_light
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night whose blue lights have no flats; each test works on a copy."""
    folder = tmp_path_factory.mktemp("recorded")
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    store_light(store, "M 42", filter_name="Ha", started=START - timedelta(days=50))
    store_light(store, "M 42", filter_name="Ha", started=START, gain=77)
    store.close()
    return folder / "store.sqlite"


@pytest.fixture
def run(recorded: Path, tmp_path: Path) -> Iterator[Run]:
    """Return what runs a command on the morning after the recorded night; frames that a test makes go with it."""
    file = Path(shutil.copyfile(recorded, tmp_path / "store.sqlite"))

    def runs(*arguments: str, typed: str = "") -> Result:
        environment = {"TSPLUG_DB": str(file), "COLUMNS": "200", "NO_COLOR": "1"}
        words = ["--at", "2026-01-16T06:00:00+01:00", *arguments]
        return CliRunner().invoke(application(words), words, input=typed, env=environment)

    yield runs
    for made in recorded.parent.iterdir():
        if made != recorded:
            shutil.rmtree(made)


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_due_tells_what_is_due_and_what_expired(run: Run) -> None:
    """Sessions are listed oldest first with their verdicts, as a table and as JSON."""
    rows = document(run("flats", "due", "--json"))
    assert [row["filter"] for row in rows if row["due"]] == ["Ha", "B"]
    assert [(row["session_date"], row["expires_on"]) for row in rows if row["expired"]] == [
        ("2025-11-26", "2026-01-11")
    ]
    assert "expired: older than the window" in run("flats", "due").stdout


@pytest.mark.parametrize("words", [("flats", "due"), ("flats", "coverage")])
def test_where_nothing_is_recent_older_nights_are_named(run: Run, words: tuple[str, str]) -> None:
    """Half a year on, no lights are recent: the answer is not silence but the command that shows the older ones."""
    assert "tsplug flats coverage --since DATE" in run("--at", "2026-07-16T06:00:00+01:00", *words).stdout
    assert "--since" not in run(*words).stdout


def test_plan_tells_sets_time_and_the_training_to_add(run: Run) -> None:
    """What would run is shown with its time; what is skipped ends in a command that makes it run."""
    row = document(run("flats", "plan", "--json", "--count", "4"))
    assert [(each["filter"], each["wanted"]) for each in row["sets"]] == [("B", 4)]
    shown = run("flats", "plan")
    assert "1 flat set, 10 frames, about 2.1 minutes" in shown.stdout
    assert "tsplug training add Ha --gain 77" in shown.stdout
    command = row["skipped"][0]["training"].removeprefix("tsplug ").split()
    assert run(*command).exit_code == 2
    words = [{"LEVEL": "100", "SECONDS": "6.5"}.get(word, word) for word in command]
    assert document(run(*words, "--adu", "25000", "--json"))["replaced"] is False
    assert [each["filter"] for each in document(run("flats", "plan", "--json"))["sets"]] == ["Ha", "B"]
    assert run("flats", "plan", "--rule", "nonsense").exit_code == 2
    nothing = run("flats", "plan", "--rule", "completion").stdout
    assert "no flats would be taken: none are due by completion" in nothing
    assert "tsplug flats due tells of every light session why" in nothing


def test_a_set_is_revoked_by_its_name_and_reason(run: Run) -> None:
    """A revoked set is told with its reason; its sessions are due again; twice is refused with one line."""
    key = next(row["key"] for row in document(run("flats", "history", "--json")) if row["filter"] == "L")
    assert "2 light sessions without flats" in run("flats", "revoke", key, "--why", "dew").stdout
    assert [row["filter"] for row in document(run("flats", "due", "--json")) if row["due"]].count("L") == 2
    again = run("flats", "revoke", key, "--why", "dew")
    assert (again.exit_code, again.stderr) == (1, f"error: flat set {key} was revoked before: dew\n")
    assert run("flats", "revoke", key, "--why", "  ").exit_code == 2
    assert run("flats", "revoke", key).exit_code == 2
    assert "dew" in run("flats", "history").stdout


def test_history_looks_whether_the_frames_are_there(run: Run) -> None:
    """Frames that nobody finds are not counted, and said; angle, readout mode and time of a set are shown."""
    row = document(run("flats", "history", "--json"))[0]
    assert (row["recorded"], row["on_disk"], row["wanted"]) == (10, 0, 10)
    shown = run("flats", "history").stdout
    assert all(heading in shown for heading in ("rotation", "mode", "taken"))
    assert row["started"][:16].replace("T", " ") in " ".join(shown.split())
    assert "10 of 10 frames not on disk" in " ".join(shown.split())


def write_flats(run: Run) -> list[Path]:
    """Give every recorded flat a file; return those of the first set of the night."""
    sets = document(run("flats", "history", "--json"))
    files = [[Path(file["file"]) for file in row["files"]] for row in sets]
    for file in [file for each in files for file in each]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return files[0]


def test_coverage_looks_whether_the_frames_are_there(run: Run) -> None:
    """Flats that were deleted are told in the row, in JSON by name, and --missing lists their sessions."""
    gone = write_flats(run)[:2]
    for file in gone:
        file.unlink()
    rows = [row for row in document(run("flats", "coverage", "--json")) if row["state"] == "incomplete"]
    assert rows
    assert all(row["files_missing"] == [str(file) for file in gone] for row in rows)
    assert all(row["on_disk"] == len(row["files"]) == 8 and row["flats"] == 10 for row in rows)
    assert all(Path(file).exists() for row in rows for file in row["files"])
    for words in ([], ["--missing"]):
        shown = " ".join(run("flats", "coverage", *words).stdout.split())
        assert "8/10" in shown
        assert "incomplete" in shown
        assert "doctor --fix" in shown
    assert "2 of 10 frames" in " ".join(run("flats", "due").stdout.split())


def test_coverage_tells_what_lacks_flats(run: Run) -> None:
    """Lights without flats are listed, by target and night, and with --missing nothing else."""
    write_flats(run)
    rows = document(run("flats", "coverage", "--missing", "--json"))
    assert {row["filter"] for row in rows} == {"Ha", "B"}
    nothing = run("flats", "coverage", "--missing", "--night", "2026-01-14").stdout
    assert nothing.startswith("nothing is missing, for there are no lights; --target")
    shown = run("flats", "coverage", "--target", "M 81").stdout
    assert "by target" in shown
    assert "by night" in shown
    assert document(run("flats", "coverage", "--night", "2026-01-14", "--json")) == []
    for words in (
        ["--night", "tomorrow"],
        ["--since", "1492-01-01"],
        ["--night", "2026-01-15", "--since", "2026-01-15"],
    ):
        assert run("flats", "coverage", *words).exit_code == 2


def test_nothing_is_owed_and_nothing_forgotten(run: Run) -> None:
    """After a run that came to its end nothing is owed; forgetting that is refused, an unknown kind is wrong use."""
    assert document(run("flats", "owed", "--json")) == []
    assert "nothing is owed" in run("flats", "owed").stdout
    refused = run("flats", "owed", "--forget", "readout-mode")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "owes nothing of readout-mode" in refused.stderr
    assert run("flats", "owed", "--forget", "cover").exit_code == 2


def test_training_is_listed_and_deleted(run: Run) -> None:
    """Settings are listed by filter; deleting asks, and without a yes nothing goes."""
    rows = document(run("training", "list", "--json"))
    assert [row["filter"] for row in rows] == ["L", "R", "G", "B", "Ha"]
    assert [row["id"] for row in document(run("training", "list", "--filter", "Ha", "--json"))] == [5]
    assert run("training", "list", "--filter", "Xx").exit_code == 1
    assert run("training", "delete", "5", typed="n\n").exit_code == 1
    unknown = run("training", "delete", "99", typed="yes\n")
    assert (unknown.exit_code, unknown.stdout, "Delete" in unknown.stderr) == (1, "", False)
    assert run("training", "delete", "5", "--json").exit_code == 1
    assert run("training", "delete", "5", "99", "--yes").exit_code == 1
    assert "deleted 1 trained setting: 5" in run("training", "delete", "5", typed="yes\n").stdout
    assert len(document(run("training", "list", "--json"))) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["Ha", "--brightness", "10", "--exposure", "0"],
        ["Ha", "--brightness", "10", "--exposure", "nan"],
        ["Ha", "--brightness", "-1", "--exposure", "1"],
        ["Ha", "--brightness", "10", "--exposure", "1", "--adu", "inf"],
        ["Ha", "--brightness", "10", "--exposure", "1", "--bias", "-1"],
        ["Ha", "--brightness", "10", "--exposure", "1", "--adu", "20000", "--bias", "20000"],
        [" ", "--brightness", "10", "--exposure", "1"],
        ["Ha", "--brightness", "10"],
    ],
)
def test_impossible_training_is_wrong_use(run: Run, words: list[str]) -> None:
    """Values that no panel has are refused before anything is opened."""
    assert run("training", "add", *words).exit_code == 2
    assert run("training", "add", "Xx", "--brightness", "10", "--exposure", "1").exit_code == 1
