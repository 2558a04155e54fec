"""Running a program of others that may not end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_GRACE_S = 5.0


@dataclass(frozen=True)
class ProgramEnd:
    """How a program ended: its status, what it said, or why it did not end by itself."""

    status: int
    said: str
    problem: str = ""
    missing: bool = False


def run_program(command: Sequence[str], *, folder: Path, timeout_s: float, setting: str) -> ProgramEnd:
    """Run a program in a folder and return how it ended; one that takes too long is stopped with all it started.

    ``setting`` is what names its path. What it says goes into files there, as a child of it that lives on would hold a
    pipe open.
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
        status = process.wait(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return ProgramEnd(-1, _text(said), f"{command[0]} took longer than {timeout_s:g} s and was stopped")
    finally:
        _stop(process)
    return ProgramEnd(status, _text(said))


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
    return file.read_text("utf-8", "replace") if file.exists() else ""
