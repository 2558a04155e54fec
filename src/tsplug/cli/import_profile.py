"""``tsplug import profile``: a profile that ``tsplug export profile`` wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import open_profile_archive
from tsplug.cli.commands import command
from tsplug.cli.opening import IN_MEMORY, Common, store_is_missing
from tsplug.cli.output import CommandProgress, counted, show_json, show_table, show_text
from tsplug.cli.places import place
from tsplug.services.profile_import import ArchiveImport, Manner, import_archive


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "profile")(profile)


def profile(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=place, help="The zip that `tsplug export profile` wrote.")
    ],
    common: Common,
    *,
    as_copy: Annotated[
        bool, typer.Option("--as-copy", help="Make another profile of it, which shares nothing with the first.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Bring in an exported profile, all of it or nothing; again, it updates the catalogue and adds what is missing."""
    manner = Manner(as_copy=as_copy, dry_run=dry_run)
    with open_profile_archive(file) as source:
        if dry_run and store_is_missing(common):
            common = replace(common, db=IN_MEMORY)
        with common.store(create=True) as store:
            report = import_archive(source, store, clock=common.clock(), progress=CommandProgress(), manner=manner)
    if common.as_json:
        show_json(report)
    else:
        _show(report)


def _show(report: ArchiveImport) -> None:
    columns = ("part", "read", "added", "updated", "unchanged", "left_out")
    rows = ([getattr(part, column) for column in columns] for part in report.parts)
    show_table(f"{report.file}: profile {report.profile!r}", columns, rows=rows)
    for note in report.notes:
        show_text(f"note: {note}")
    changes = counted(report.changes, "change")
    if report.dry_run:
        show_text(f"{changes} would be made; nothing was changed.")
    else:
        show_text(f"{changes}." if report.changes else "No changes: everything was here already.")
