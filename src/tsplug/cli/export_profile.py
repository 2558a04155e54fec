"""``tsplug export profile``: a profile with everything of it as a zip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import tsplug
from tsplug.app import create_profile_archive
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import CommandProgress, show_json, show_table
from tsplug.cli.places import place
from tsplug.services.profile_export import ExportRequest, export_profile


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "profile")(profile)


def profile(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=place, help="The zip to make.")],
    common: Common,
    *,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails/--no-thumbnails", help="Take the images' thumbnails along.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a profile with everything of it: site, catalogue, images and their history, flats, criteria."""
    with common.store() as store:
        request = ExportRequest(
            file=str(file),
            profile_id=common.chosen_profile(store).id or 0,
            written_by=tsplug.__version__,
            thumbnails=thumbnails,
        )
        with create_profile_archive(file, force=force) as sink:
            report = export_profile(sink, store, request=request, clock=common.clock(), progress=CommandProgress())
    if common.as_json:
        show_json(report)
    else:
        show_table(f"{report.file}: profile {report.profile!r}", ("part", "records"), rows=report.parts.items())
