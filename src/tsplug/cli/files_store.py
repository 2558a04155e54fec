"""``tsplug files store``: frames from disk into the storage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import frame_files, frame_headers
from tsplug.app_jobs import frame_storage
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common, store_if_any
from tsplug.cli.output import complain, counted, show_json, show_text
from tsplug.cli.places import place
from tsplug.services.storing import DEFAULT_PATTERN, check_pattern
from tsplug.services.storing_away import Destination, StoredAway, StoringAway
from tsplug.settings import Settings


def register_store(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "store")(files_store)


def files_store(
    common: Common,
    *,
    places: Annotated[list[Path], typer.Argument(metavar="FILE|DIR...", parser=place, help="Frames, or folders.")],
    storage: Annotated[
        str, typer.Option(metavar="DIR|URL", help="Where frames go: a folder or an address; else TSPLUG_STORAGE.")
    ] = "",
    pattern: Annotated[str, typer.Option(help="How they are named there; see the how-to page.")] = DEFAULT_PATTERN,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say where frames would go, and move nothing.")] = False,
) -> None:
    """Move frames into the storage; records, kept headers, jobs and pictures follow.

    A file goes from the disk when its copy is whole in the storage and the store names that. Interrupted, the same
    command goes on. Exit status 1 when a frame stays.
    """
    where = storage or Settings().storage
    if not where:
        raise typer.BadParameter("say where frames go, here or by TSPLUG_STORAGE", param_hint="--storage")
    to = Destination(frame_storage(where), check_pattern(pattern), dry_run=dry_run)
    moved: list[StoredAway] = []
    with store_if_any(common) as store:
        for each in StoringAway(store, frame_files(), headers=frame_headers(), to=to).move(places):
            moved.append(each)
            if not common.as_json:
                _show(each)
    stay = [each for each in moved if each.problem]
    if common.as_json:
        show_json(moved)
    else:
        done = "would move" if dry_run else "moved"
        show_text(f"{counted(len(moved) - len(stay), 'frame')} {done}, {len(stay)} stay")
    if stay:
        raise typer.Exit(FAILED)


def _show(each: StoredAway) -> None:
    if each.problem:
        complain(each.problem)
    else:
        show_text(f"{each.file} -> {each.address}{f' ({each.note})' if each.note else ''}")
