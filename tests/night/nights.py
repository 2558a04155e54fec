"""A night as a user runs it: the command, a folder, and what lies in it afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHORT_NIGHT = Path(__file__).parent / "short_night.yaml"
PROOF_NIGHT = Path(__file__).parent / "proof_night.yaml"
FIRST_NIGHT = Path(__file__).parents[2] / "hostsim" / "sequences" / "first_night.yaml"


def command(program: str, *arguments: object) -> list[str]:
    """Return the command line of a program of this project, run by this Python."""
    return [str(Path(sys.executable).parent / program), *map(str, arguments)]


@dataclass(frozen=True)
class Night:
    """A night's output folder and store, read the way a user's scripts read them."""

    out: Path
    db: str = ""
    """The store's URL; the file in the folder if empty."""

    def start(self, sequence: Path, *options: object) -> subprocess.Popen[str]:
        """Start the night, or go on with it."""
        store = ("--db", self.db) if self.db else ()
        line = command("hostsim", "run", sequence, "--out", self.out, "--speed", "max", *store, *options)
        return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, sequence: Path, *options: object) -> str:
        """Run the night to its end, and return what it printed."""
        process = self.start(sequence, *options)
        text, _ = process.communicate(timeout=600)
        assert process.returncode == 0, text
        return text

    def tsplug(self, *arguments: object) -> Any:
        """Return what a tsplug command says of this night's store, as JSON."""
        line = command("tsplug", *arguments, "--db", self.db or self.out / "store.sqlite", "--json")
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def frames(self, folder: str) -> list[Path]:
        """Return the FITS files below a folder, by path."""
        return sorted((self.out / folder).rglob("*.fits"))

    def state(self) -> dict[str, Any]:
        """Return the night's state as it was kept last."""
        loaded: dict[str, Any] = json.loads((self.out / "state.json").read_text(encoding="utf-8"))
        return loaded
