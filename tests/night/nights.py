"""A night as a user runs it: the command, a folder, and what lies in it afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mortal
from typer.testing import CliRunner

from hostsim.clock import SimulatedClock
from hostsim.sequence.parse import parse
from tsplug import load_catalogue, open_store
from tsplug.cli.application import application

SHORT_NIGHT = Path(__file__).parent / "short_night.yaml"
PROOF_NIGHT = Path(__file__).parent / "proof_night.yaml"
FIRST_NIGHT = Path(__file__).parents[2] / "hostsim" / "sequences" / "first_night.yaml"


def command(program: str, *arguments: object) -> list[str]:
    """Return the command line of a program of this project, run by this Python."""
    return [str(Path(sys.executable).parent / program), *map(str, arguments)]


@dataclass(frozen=True)
class Death:
    """When a night is killed: so much work after so many writes of its state, or as soon as it shows a text.

    ``of`` is what the paths of other files have in them whose writes are counted instead of the state's.
    """

    of: str = "/state.json"
    writes: int = 1
    cpu_s: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Night:
    """A night's output folder and store, read the way a user's scripts read them."""

    out: Path
    db: str = ""
    """The store's URL; the file in the folder if empty."""
    plugins: Path | None = None
    """A folder of installed plugins that hear of the night too."""

    def run(self, sequence: Path, *options: object) -> str:
        """Run the night to its end, and return what it printed."""
        status, text = _ended([*command("hostsim"), *self._arguments(sequence, options)], plugins=self.plugins)
        assert status == 0, text
        return text

    def run_until_killed(self, sequence: Path, death: Death, *options: object) -> None:
        """Start the night, or go on with it, and let it die at a moment that it surely reaches."""
        moment = (death.of, str(death.writes), str(death.cpu_s), death.text)
        status, text = _ended([sys.executable, mortal.__file__, *moment, *self._arguments(sequence, options)])
        assert status == (-signal.SIGKILL if death.text else -signal.SIGPROF), text

    def _arguments(self, sequence: Path, options: tuple[object, ...]) -> list[str]:
        store = ("--db", self.db) if self.db else ()
        return [str(each) for each in ("run", sequence, "--out", self.out, "--speed", "max", *store, *options)]

    def tsplug(self, *arguments: object) -> Any:
        """Return what a tsplug command says of this night's store, as JSON."""
        line = [str(each) for each in (*arguments, "--db", self.db or self.out / "store.sqlite", "--json")]
        done = CliRunner().invoke(application(line), line)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def frames(self, folder: str) -> list[Path]:
        """Return the FITS files below a folder, by path."""
        return sorted((self.out / folder).rglob("*.fits"))

    def state(self) -> dict[str, Any]:
        """Return the night's state as it was kept last."""
        loaded: dict[str, Any] = json.loads((self.out / "state.json").read_text(encoding="utf-8"))
        return loaded


@dataclass(frozen=True)
class Previewed:
    """A night that has run to its end, and what its store foretold before it began."""

    night: Night
    spans: list[dict[str, Any]]


def previewed(night: Night, sequence: Path, *, at: str) -> Previewed:
    """Bring a sequence's catalogue into the night's store, preview it by the sequence from a moment on, then run it."""
    document = parse(sequence).sequence
    clock = SimulatedClock(document.start)
    with closing(open_store(f"sqlite:///{night.db}", clock)) as store:
        load_catalogue(document.catalogue, store, clock=clock)
    spans = night.tsplug("night", "preview", "--at", at, "--sequence", sequence)
    night.run(sequence)
    return Previewed(night, spans)


def _ended(line: list[str], *, plugins: Path | None = None) -> tuple[int, str]:
    """Run a command to its end, and return its exit status and all that it showed."""
    paths = [str(plugins), os.environ.get("PYTHONPATH", "")] if plugins else []
    more = {"PYTHONPATH": os.pathsep.join(filter(None, paths))} if paths else {}
    environment = os.environ | more
    done = subprocess.run(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=environment
    )
    return done.returncode, done.stdout
