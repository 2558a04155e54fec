"""``tsplug files restore``: headers as they were before the pipeline wrote into them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any

import typer

from tsplug.app import pipeline_tools
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, show_json, show_text
from tsplug.cli.places import located
from tsplug.errors import NotFoundError, TsplugError
from tsplug.model import Address, FramePlace
from tsplug.ports import PipelineTools, Store
from tsplug.services.kept_headers import restore_file


def register_restore(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "restore")(files_restore)


def files_restore(
    files: Annotated[list[Any], typer.Argument(metavar="FILE|DIR|URL...", parser=located, help="Frames, or folders.")],
    common: Common,
) -> None:
    """Put back the headers of frames as they were before the image pipeline wrote into them; pixels stay.

    A folder stands for the frames in and below it that the pipeline wrote into.

    Exit status 1 when one could not be put back.
    """
    with common.store() as store:
        tools = pipeline_tools(store)
        rows = [row for file in files for row in _all_restored(file, tools, store=store)]
    if common.as_json:
        show_json(rows)
    else:
        for row in rows:
            (complain if row["problem"] else show_text)(row["problem"] or f"{row['file']}: {_DONE[row['restored']]}")
    if any(row["problem"] for row in rows):
        raise typer.Exit(FAILED)


_DONE = {True: "the header is as it was", False: "the header was as it was already"}


def _all_restored(file: FramePlace, tools: PipelineTools, *, store: Store) -> Iterator[dict[str, Any]]:
    is_folder = not file.suffix if isinstance(file, Address) else file.is_dir()
    if not is_folder:
        yield _restored(file, tools, store=store)
        return
    for each in tools.headers.scan([file], wanted=()):
        # Of a folder many may never have been processed.
        with suppress(NotFoundError):
            yield _row(each.file, tools, store=store)


def _restored(file: FramePlace, tools: PipelineTools, *, store: Store) -> dict[str, Any]:
    try:
        return _row(file, tools, store=store)
    except NotFoundError as error:
        return {"file": str(file), "restored": False, "problem": str(error)}


def _row(file: FramePlace, tools: PipelineTools, *, store: Store) -> dict[str, Any]:
    """Put a header back and return what came of it.

    Raises:
        NotFoundError: none is kept of it.
    """
    row: dict[str, Any] = {"file": str(file), "restored": False, "problem": None}
    try:
        change = restore_file(file, tools, store=store)
    except NotFoundError:
        raise
    except TsplugError as error:
        return row | {"problem": str(error)}
    return row | {"restored": change.changed, "problem": f"{file}: {change.refused}" if change.refused else None}
