"""``tsplug doctor``: check every invariant of the store."""

from __future__ import annotations

from typing import Annotated

import typer

from tsplug.app import frame_files
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import show_blocks, show_json, show_text
from tsplug.services.doctor import examine, mend


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "doctor")(doctor)


def doctor(
    common: Common,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what needs no decision, then check again.")] = False,
) -> None:
    """Check every invariant of the store against rows and files; exit status 1 if one does not hold."""
    with common.store() as store:
        files = frame_files()
        found = mend(store, files, clock=common.clock()) if fix else examine(store, files)
    if common.as_json:
        show_json(found)
    elif found.problems:
        columns = ("invariant", "subject", "found", "expected", "fix")
        show_blocks(
            f"{len(found.problems)} problems in {found.checked} checks",
            columns,
            rows=([getattr(problem, column) for column in columns] for problem in found.problems),
        )
    else:
        show_text(f"{found.checked} checks, no problem")
    if found.problems:
        raise typer.Exit(1)
