"""Running a program of others that may not end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_GRACE_S = 5.0
STOPPING_S = 2.0 * _GRACE_S
"""What it may take at most until a program is gone that is stopped, in seconds."""
_LOOK_S = 0.1
_MOST_SAID_BYTES = 16 << 20
_READ_BYTES = 1 << 16


@dataclass(frozen=True)
class ProgramEnd:
    """How a program ended: its status, what it said, or why it did not end by itself."""

    status: int
    said: str
    problem: str = ""
    missing: bool = False


def run_program(command: Sequence[str], *, folder: Path, timeout_s: float, setting: str) -> ProgramEnd:
    """Run a program in a folder and return how it ended; one that takes too long is stopped with all it started.

    One that says more than 16 MB is stopped too, before it fills the disk. ``setting`` is what names its path. What it
    says goes into files there, as a child of it that lives on would hold a pipe open; the end of that is returned.
    """
    said = folder / "said.txt"
    try:
        with said.open("wb") as output:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
    except FileNotFoundError:
        missing = f"the program {command[0]} is not there: install it, or name its path ({setting})"
        return ProgramEnd(127, "", missing, missing=True)
    except OSError as error:
        return ProgramEnd(126, "", f"the program {command[0]} cannot be run: {error.strerror or error}")
    try:
        problem = _ended(process, said, timeout_s=timeout_s)
    finally:
        _stop(process)
    return (
        ProgramEnd(-1, _text(said), f"{command[0]} {problem}")
        if problem
        else ProgramEnd(process.returncode, _text(said))
    )


def _ended(process: subprocess.Popen[bytes], said: Path, *, timeout_s: float) -> str:
    """Wait for the end of a program; return why it is to be stopped before."""
    ends = time.monotonic() + timeout_s
    while (left_s := ends - time.monotonic()) > 0:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=min(_LOOK_S, left_s))
            return ""
        if said.stat().st_size > _MOST_SAID_BYTES:
            return f"said more than {_MOST_SAID_BYTES >> 20} MB and was stopped"
    return f"took longer than {timeout_s:g} s and was stopped"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and its children; nothing happens when they are gone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE_S)
            if sign is signal.SIGKILL:
                return


def _text(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as said:
        said.seek(max(0, file.stat().st_size - _READ_BYTES))
        return said.read(_READ_BYTES).decode("utf-8", "replace")
