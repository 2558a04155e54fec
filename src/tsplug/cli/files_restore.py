"""``tsplug files restore``: headers as they were before the pipeline wrote into them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tsplug.app import pipeline_tools
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, show_json, show_text
from tsplug.cli.places import located
from tsplug.errors import TsplugError
from tsplug.model import FramePlace
from tsplug.ports import PipelineTools, Store
from tsplug.services.kept_headers import restore_file


def register_restore(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "restore")(files_restore)


def files_restore(
    files: Annotated[list[Any], typer.Argument(metavar="FILE|URL...", parser=located, help="Frames.")], common: Common
) -> None:
    """Put back the headers of frames as they were before the image pipeline wrote into them; pixels stay.

    Exit status 1 when one could not be put back.
    """
    with common.store() as store:
        tools = pipeline_tools(store)
        rows = [_restored(file, tools, store=store) for file in files]
    if common.as_json:
        show_json(rows)
    else:
        for row in rows:
            (complain if row["problem"] else show_text)(row["problem"] or f"{row['file']}: {_DONE[row['restored']]}")
    if any(row["problem"] for row in rows):
        raise typer.Exit(FAILED)


_DONE = {True: "the header is as it was", False: "the header was as it was already"}


def _restored(file: FramePlace, tools: PipelineTools, *, store: Store) -> dict[str, Any]:
    row: dict[str, Any] = {"file": str(file), "restored": False, "problem": None}
    try:
        change = restore_file(file, tools, store=store)
    except TsplugError as error:
        return row | {"problem": str(error)}
    return row | {"restored": change.changed, "problem": f"{file}: {change.refused}" if change.refused else None}
