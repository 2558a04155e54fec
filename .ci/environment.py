"""Create `.venv` from pyproject.toml and constraints.txt, or leave it alone if it is already what they ask for.

Extras that are named as arguments come into it beside what tests need, as `bench` does for benchmarks.

The stamp inside `.venv` is written last and holds a fingerprint of everything the environment was made from: an
interrupted creation leaves no stamp, and a change of the requirements, the Python or the place leaves another one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "complete"
CONSTRAINTS = ROOT / "constraints.txt"


def fingerprint() -> str:
    """Return a digest of what the environment depends on; settings of tools are not part of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        project["build-system"],
        project["project"],
        project["tool"]["hatch"],
        CONSTRAINTS.read_text(encoding="utf-8"),
        list(sys.version_info[:3]),
        str(ROOT),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_complete(stamp: Path = STAMP) -> bool:
    """Return whether `.venv` was made to the end from just these requirements."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint()


def create() -> None:
    """Make `.venv` anew; the stamp comes last."""
    print("creating .venv from constraints.txt, this takes a minute or two ...", flush=True)
    if ENVIRONMENT.exists():
        STAMP.unlink(missing_ok=True)
        shutil.rmtree(ENVIRONMENT)
    venv.create(ENVIRONMENT, with_pip=True, symlinks=True)
    install("dev", stamp=STAMP)


def add(extra: str) -> None:
    """Install one more extra unless it is there; it goes with `.venv`, and so does its stamp."""
    stamp = ENVIRONMENT / f"complete-{extra}"
    if not is_complete(stamp):
        print(f"installing what {extra} needs into .venv ...", flush=True)
        install(extra, stamp=stamp)


def install(extra: str, *, stamp: Path) -> None:
    """Install the project with an extra; the stamp is written when all of it is there."""
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-qq"]
    subprocess.run([*pip, "install", "-c", str(CONSTRAINTS), "-e", f"{ROOT}[{extra}]"], check=True)
    stamp.write_text(fingerprint(), encoding="utf-8")


def main(extras: Sequence[str]) -> int:
    """Bring `.venv` up to date, one process at a time; return the exit status."""
    with CONSTRAINTS.open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not is_complete():
                create()
            for extra in extras:
                add(extra)
        except subprocess.CalledProcessError as error:
            command = " ".join(map(str, error.cmd))
            print(f".venv could not be made: `{command}` failed; mend that and run make again", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("interrupted: the next make starts .venv anew", file=sys.stderr)
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
