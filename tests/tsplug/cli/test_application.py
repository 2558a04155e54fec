from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from tsplug.app import open_store
from tsplug.cli.application import PARTS, application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.night import record_night

COMMAND = [str(Path(sys.executable).with_name("tsplug"))]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night; each test works on a copy."""
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
    return Path(shutil.copyfile(recorded, tmp_path / "store.sqlite"))


def test_the_installed_command_prints_one_document(db: Path) -> None:
    """The command as installed prints JSON alone on standard output."""
    done = subprocess.run(
        [*COMMAND, "images", "list", "--json", "--db", str(db)], capture_output=True, text=True, check=True
    )
    assert len(json.loads(done.stdout)) == 42
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["images", "list"], ["images", "list", "--json"], ["--help"]])
def test_a_reader_that_stops_is_no_accident(db: Path, arguments: list[str]) -> None:
    """A closed pipe ends the command without a word, with the status of other tools that SIGPIPE ends."""
    with subprocess.Popen(
        [*COMMAND, *arguments, "--db", str(db)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["images", "list", "--json"], ["images", "list"], ["doctor"], ["version"], ["--help"]]
)
def test_a_full_disk_under_the_output_is_one_line(db: Path, arguments: list[str]) -> None:
    """Output that cannot be written is exit status 1 and one line, not a traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "TSPLUG_DB": str(db)},
        )
    assert done.returncode == 1
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


def test_each_part_registers_the_names_it_is_found_by() -> None:
    """The table that says which module brings which command agrees with what the modules register."""
    for part, names in PARTS.items():
        alone = typer.Typer()
        import_module(f"tsplug.cli.{part}").register(alone)
        registered = {each.name for each in [*alone.registered_commands, *alone.registered_groups]}
        assert registered == set(names), part


EVERY_NAME = {name for names in PARTS.values() for name in names}


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ([], EVERY_NAME),
        (["nonsense"], EVERY_NAME),
        (["version"], set()),
        (["--json", "images", "list"], {"images"}),
        (["plan", "list"], set(PARTS["catalogue"])),
    ],
)
def test_only_what_the_words_name_is_loaded(words: list[str], listed: set[str]) -> None:
    """Words that name a command bring its part alone; without one the help and the suggestions know them all."""
    root = typer.main.get_group(application(words))
    assert set(root.commands) == {*listed, "version"}


def test_a_short_command_imports_little() -> None:
    """Listing images imports neither numpy nor astropy nor the planner, which would take most of its time."""
    code = (
        "import sys, tsplug.cli.application as a; a.application(['images']);"
        "print([m for m in ('numpy', 'astropy', 'tsplug.planning') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    """A command that finds no store says where it looked and makes no folder there."""
    environment = {key: value for key, value in os.environ.items() if key != "TSPLUG_DB"}
    environment["XDG_DATA_HOME"] = str(tmp_path / "data")
    done = subprocess.run([*COMMAND, "images", "list"], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "no store at" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_one_line_and_one(tmp_path: Path) -> None:
    """A missing store is exit status 1 and no new file."""
    missing = tmp_path / "no.sqlite"
    done = subprocess.run(
        [*COMMAND, "images", "list", "--db", str(missing)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: no store at {missing}: give --db, or begin one: `tsplug site add`\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("order", ["before", "after", "both"])
def test_common_options_stand_before_or_after_the_command(db: Path, order: str) -> None:
    """The store may be named on either side; after the command wins, and both win over the environment."""
    before = {"before": ["--db", str(db)], "after": [], "both": ["--db", "elsewhere.sqlite"]}[order]
    after = [] if order == "before" else ["--db", str(db)]
    line = [*COMMAND, *before, "images", "list", "--json", *after]
    environment = {**os.environ, "TSPLUG_DB": "nowhere.sqlite"}
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_looking_leaves_the_backups_alone(db: Path) -> None:
    """A command that only looks makes no copy of the store, and so pushes none out."""
    subprocess.run([*COMMAND, "images", "list", "--db", str(db)], capture_output=True, check=True)
    assert sorted(path.name for path in db.parent.glob("*backup*")) == []
