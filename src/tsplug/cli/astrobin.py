"""``tsplug astrobin``: acquisition CSV and session summary of a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, show_json, show_text
from tsplug.model import GradingStatus, Target
from tsplug.services.astrobin_export import ACCEPTED, TargetExport, export_target, write_export
from tsplug.services.lookup import find_named


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "astrobin")(astrobin)


def astrobin(
    common: Common,
    *,
    target: Annotated[str, typer.Option(help="The target: name, id or guid.")],
    out: Annotated[Path, typer.Option(help="The folder for the files.")] = Path(),
    include_rejected: Annotated[bool, typer.Option("--include-rejected", help="Count rejected lights too.")] = False,
    include_pending: Annotated[bool, typer.Option("--include-pending", help="Count lights not graded yet.")] = False,
) -> None:
    """Write a target's AstroBin acquisition CSV and session summary, and print the summary."""
    statuses = set(ACCEPTED)
    statuses |= {GradingStatus.REJECTED} if include_rejected else set()
    statuses |= {GradingStatus.PENDING} if include_pending else set()
    with common.store() as store:
        with store.read() as unit:
            found = find_named(unit, Target, name=target)
        export = export_target(found, store, now=common.clock().now(), statuses=statuses)
    files = write_export(export, out)
    if common.as_json:
        show_json(_document(export, files))
    else:
        show_text(export.summary)
        show_text("\n".join(f"written: {file}" for file in files))
        for note in export.notes:
            show_text(f"note: {note}")
    if not export.rows.rows:
        complain(f"{found.name}: no light counts, so there is no CSV" if not export.rows.refused else export.notes[-1])
        raise typer.Exit(1)


def _document(export: TargetExport, files: tuple[Path, ...]) -> dict[str, object]:
    return {
        "target": export.target.name,
        "files": [str(file) for file in files],
        "rows": [row.model_dump(mode="json") for row in export.rows.rows],
        "refused": [{"row": each.row.model_dump(mode="json"), "reason": each.reason} for each in export.rows.refused],
        "notes": list(export.notes),
    }
