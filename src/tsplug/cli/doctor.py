"""``tsplug doctor``: check every invariant of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from tsplug.app import frame_files, verify_frame
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import show_blocks, show_json, show_text
from tsplug.services.doctor import Examination, Problem, examine, mend

_COLUMNS = ("invariant", "subject", "found", "expected", "fix")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "doctor")(doctor)


def doctor(
    common: Common,
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="Keep a copy, mend what needs no decision, then check again.")
    ] = False,
    files: Annotated[
        bool, typer.Option("--files", help="Read every frame whole and compare its checksums; slow.")
    ] = False,
) -> None:
    """Check every invariant of the store against rows and files; exit status 1 if one does not hold."""
    frames, look = frame_files(), verify_frame if files else None
    with common.store() as store:
        if fix:
            found = mend(store, frames, clock=common.clock(), look=look)
        else:
            found = examine(store, frames, clock=common.clock(), look=look)
    if common.as_json:
        show_json(found)
    else:
        _show(found)
    if found.problems:
        raise typer.Exit(1)


def _show(found: Examination) -> None:
    for line in found.mended:
        show_text(f"mended: {line}")
    if found.copy_kept:
        show_text(f"kept as it was: {found.copy_kept}")
    _show_problems(f"{len(found.warnings)} warnings", found.warnings)
    if found.problems:
        _show_problems(f"{len(found.problems)} problems in {found.checked} checks", found.problems)
    else:
        show_text(f"{found.checked} checks, no problem")


def _show_problems(title: str, problems: Sequence[Problem]) -> None:
    if problems:
        rows = ([getattr(problem, column) for column in _COLUMNS] for problem in problems)
        show_blocks(title, _COLUMNS, rows=rows)
