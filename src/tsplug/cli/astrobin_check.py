"""``tsplug astrobin check``: what AstroBin's importer would make of an acquisition CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import read_text
from tsplug.astrobin.importer import imported
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_text
from tsplug.cli.places import place


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "check")(check)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=place, help="An acquisition CSV, whoever wrote it.")],
    common: Common,
) -> None:
    """Say what AstroBin's importer would refuse, reject or drop of a CSV; exit status 1 if anything."""
    text = read_text(file, wanted="an acquisition CSV")
    found = imported(text, today=common.clock().now().astimezone().date())
    if common.as_json:
        faults = [
            {"line": each.line, "column": each.column, "reason": each.reason, "effect": each.effect}
            for each in found.faults
        ]
        show_json({"file": str(file), "rows": list(found.rows), "faults": faults})
    else:
        for fault in found.faults:
            show_text(str(fault))
        show_text(f"{counted(len(found.rows), 'row')} would be imported; they replace those the image has")
    if found.faults:
        complain(f"{file}: {counted(len(found.faults), 'fault')}")
        raise typer.Exit(FAILED)
