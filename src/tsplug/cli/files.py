"""``tsplug files list|show|preview|restore|store``: frames on disk with what is known of them."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

import typer

from tsplug.app import frame_headers
from tsplug.cli.commands import FAILED, command
from tsplug.cli.files_preview import register_preview
from tsplug.cli.files_restore import register_restore
from tsplug.cli.files_store import register_store
from tsplug.cli.image_filters import Among, query_of
from tsplug.cli.jobs_shown import show_job
from tsplug.cli.opening import Common, store_if_any
from tsplug.cli.output import (
    FileProgress,
    complain,
    counted,
    number,
    printable,
    show_fields,
    show_json,
    show_table,
    show_text,
)
from tsplug.cli.places import located
from tsplug.model import FramePlace, frame_place
from tsplug.services.disk_frames import Row, list_frames, list_recorded, show_frame
from tsplug.services.frame_scan import FrameScan

_SHOWN = 12
_COLUMNS = ("file", "kind", "target", "filter", "s", "gain", "record", "status", "HFR", "stars", "solved", "job")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Frames on disk, with what is known of them.", no_args_is_help=True)
    command(group, "list")(files_list)
    command(group, "show")(files_show)
    register_preview(group)
    register_restore(group)
    register_store(group)
    app.add_typer(group, name="files")


def files_list(
    common: Common,
    among: Among,
    *,
    places: Annotated[
        list[Any] | None, typer.Argument(metavar="[DIR|FILE|URL]...", parser=located, help="Folders, or single frames.")
    ] = None,
    unknown: Annotated[bool, typer.Option("--unknown", help="Only frames that are not on record.")] = False,
) -> None:
    """List FITS and XISF frames in and below folders: what their headers say, what is on record, what was made of them.

    Without folders: the frames of records, which the filters choose. Links are followed, nothing is listed twice.
    Exit status 1 when a file could not be read.
    """
    scan = _of_places(places, common) if places else _of_records(common, among)
    if unknown:
        scan.kept = [row for row in scan.kept if row["image"] is None and row["flat_set"] is None]
    bad = [{"file": str(each.file), "reason": each.reason} for each in scan.bad_files]
    if common.as_json:
        show_json({"frames": scan.kept, "bad": bad})
    else:
        for folder, rows in groupby(sorted(scan.kept, key=_folder), key=_folder):
            cells = [_cells(row) for row in rows]
            show_table(f"{_short(folder)}: {counted(len(cells), 'frame')}", _COLUMNS, rows=cells)
        show_text(counted(len(scan.kept), "frame"))
        for each in bad[:_SHOWN]:
            complain(_short(f"{each['file']}: {each['reason']}"))
        if len(bad) > _SHOWN:
            complain(f"and {len(bad) - _SHOWN} more files that cannot be read; --json lists them all")
    if bad:
        raise typer.Exit(FAILED)


def _of_places(places: list[FramePlace], common: Common) -> FrameScan[Row]:
    with store_if_any(common) as store, FileProgress("reading headers") as progress:
        return list_frames(places, frame_headers(), store=store, progress=progress)


def _of_records(common: Common, among: Among) -> FrameScan[Row]:
    with common.store() as store:
        query = query_of(among.choice(common), common, store=store).model_copy(update={"newest_first": False})
        return list_recorded(query, frame_headers(), store=store)


def files_show(
    file: Annotated[Any, typer.Argument(metavar="FILE|URL", parser=located, help="A frame.")], common: Common
) -> None:
    """Show everything that a frame's header says, and what the store has on record of it."""
    with store_if_any(common) as store:
        row = show_frame(file, frame_headers(), store=store)
    if common.as_json:
        show_json(row)
        return
    known = {key: _short(value) for key, value in row.items() if value not in (None, [], {}) and key not in _NESTED}
    show_fields(_short(row["file"]), known)
    for key in _NESTED:
        if row[key] and key == "job":
            show_job("job", row[key])
        elif row[key]:
            show_fields(key, row[key])


def _folder(row: dict[str, Any]) -> str:
    return str(frame_place(row["file"]).parent)


def _cells(row: dict[str, Any]) -> list[Any]:
    record = f"set {row['flat_set']}" if row["flat_set"] is not None else row["image"]
    told = [row[key] for key in ("kind", "target", "filter", "exposure_s", "gain")]
    metrics, solution, job = row["metrics"], row["solution"], row["job"]
    solved = "" if solution is None else ("yes" if solution["solved"] else "no")
    made = (number(metrics.get("hfr")), number(metrics.get("star_count"), 0), solved, job["state"] if job else "")
    return [_short(value) for value in (frame_place(row["file"]).name, *told, record, row["status"], *made)]


_NESTED = ("metrics", "solution", "job", "cards", "properties", "unusable")


def _short(value: Any) -> Any:
    """Return a value for people; what no console can print of a name is replaced."""
    return printable(value) if isinstance(value, str) else value
