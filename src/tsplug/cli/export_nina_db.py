"""``tsplug export nina-db``: the store as a Target Scheduler database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import create_scheduler_database
from tsplug.cli.commands import command
from tsplug.cli.losses import show_losses
from tsplug.cli.opening import Common
from tsplug.cli.output import CommandProgress, show_json, show_table
from tsplug.cli.places import place
from tsplug.services.nina_export import export_database


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "nina-db")(nina_db)


def nina_db(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=place, help="The database to make.")],
    common: Common,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a database that Target Scheduler 5 opens; with --profile, what belongs to that profile alone."""
    with common.store() as store:
        profile_id = common.chosen_profile(store).id if common.profile else None
        with create_scheduler_database(file, force=force) as sink:
            report = export_database(sink, store, file=str(file), progress=CommandProgress(), profile_id=profile_id)
    if common.as_json:
        show_json(report)
        return
    show_table(f"{report.file} (user_version {report.version})", ("table", "rows"), rows=report.tables.items())
    show_losses(report.not_carried)
