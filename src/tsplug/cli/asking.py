"""Asks before something goes that does not come back."""

from __future__ import annotations

import sys

import typer

from tsplug.cli.commands import FAILED
from tsplug.cli.output import complain


def ask(question: str, *, otherwise: str, silent: bool = False) -> None:
    """Return if the answer to a question is yes; ``silent`` asks nobody, which is a no.

    Raises:
        typer.Exit: the answer was no, or nobody can be asked; ``otherwise`` was said.
    """
    answer = False
    if not silent:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        typed = sys.stdin.readline()
        sys.stderr.write("" if typed else "\n")
        answer = typed.strip().lower() in ("y", "yes")
    if not answer:
        complain(otherwise)
        raise typer.Exit(FAILED)
