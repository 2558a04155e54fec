"""``tsplug import nina-db``: a Target Scheduler database into the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import open_scheduler_database
from tsplug.cli.commands import command
from tsplug.cli.losses import show_losses
from tsplug.cli.opening import IN_MEMORY, Common, store_is_missing
from tsplug.cli.output import CommandProgress, counted, show_json, show_table, show_text
from tsplug.cli.places import place
from tsplug.services.nina_import import import_database
from tsplug.services.nina_report import ImportReport


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "nina-db")(nina_db)


def nina_db(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=place, help="The database, usually schedulerdb.sqlite.")
    ],
    common: Common,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Bring in a Target Scheduler database of user_version 5 to 25; again, it updates what changed."""
    if dry_run and store_is_missing(common):
        common = replace(common, db=IN_MEMORY)
    with open_scheduler_database(file) as source, common.store(create=True) as store:
        report = import_database(source, store, clock=common.clock(), progress=CommandProgress(), dry_run=dry_run)
    if common.as_json:
        show_json(report)
    else:
        _show(report)


def _show(report: ImportReport) -> None:
    columns = ("table", "read", "added", "updated", "unchanged")
    rows = ([getattr(table, column) for column in columns] for table in report.tables)
    show_table(f"{report.file} (user_version {report.version})", columns, rows=rows)
    show_losses(report.not_carried)
    for name in report.profiles:
        show_text(
            f"Profile {name!r} was made: the database tells nothing of its optics and site. Import its N.I.N.A."
            f" profile, or give them with: tsplug profile edit {name!r} KEY=VALUE"
        )
    show_text(_summary(report))


def _summary(report: ImportReport) -> str:
    changes = counted(report.changes, "change")
    if report.dry_run:
        return f"{changes} would be made; nothing was changed."
    return f"{changes}." if report.changes else "No changes: everything was here already."
