"""``tsplug images list|show|history|csv``: what was acquired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tsplug.app import frame_files
from tsplug.cli.asking import ask
from tsplug.cli.commands import command
from tsplug.cli.image_filters import Among, Order, query_of
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, give_out, number, show_fields, show_json, show_table, show_text
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.model import AcquiredImage
from tsplug.ports import Store
from tsplug.services.image_csv import give_csv, write_csv
from tsplug.services.image_list import count_images, image_details, image_history, list_images
from tsplug.services.lookup import find_named
from tsplug.services.writing import write_parts

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Image = Annotated[str, typer.Argument(metavar="IMAGE", help="Id or guid.")]


@dataclass(frozen=True)
class CsvOptions:
    """How a CSV file is written."""

    extended: Annotated[bool, typer.Option("--extended", help="Add our own columns and all metrics.")] = False
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from tsplug.cli.images_change import register_changes
    from tsplug.cli.images_link import register_link
    from tsplug.cli.images_purge import register_purge
    from tsplug.cli.images_reconcile import register_reconcile

    group = typer.Typer(help="The acquired images.", no_args_is_help=True)
    command(group, "list")(images_list)
    command(group, "show")(images_show)
    command(group, "history")(images_history)
    command(group, "csv")(images_csv)
    register_changes(group)
    register_link(group)
    register_purge(group)
    register_reconcile(group)
    app.add_typer(group, name="images")


def images_list(
    common: Common,
    among: Among,
    *,
    order: Order,
    columns: Annotated[str, typer.Option(metavar="KEY,...", help="More columns: metrics or fields.")] = "",
) -> None:
    """List acquired images, newest first."""
    with common.store() as store:
        query = query_of(order.applied(among.choice(common)), common, store=store)
        rows = list_images(store, query)
        total = count_images(store, query) if order.limit or order.after else len(rows)
    if common.as_json:
        show_json(rows)
        return
    keys = _more_columns(columns, sort=order.sort)
    # Most rigs grade by statistics alone, which give no score, and a console has eighty columns.
    asked = {"score", "band"}.intersection(key.strip() for key in columns.split(","))
    scored = ("score",) if asked or any(_score(row) for row in rows) else ()
    shown = ("id", "started (UTC)", "target", "filter", "s", "HFR", "stars", *scored, *keys, "status", "why")
    part = f"{len(rows)} of " if total > len(rows) else ""
    show_table(f"{part}{counted(total, 'image')}", shown, rows=_cells(rows, keys, scored=bool(scored)))


def images_show(
    image: Image,
    common: Common,
    *,
    thumbnail: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write its small picture there.", show_default=False)
    ] = None,
    yes: Yes = False,
) -> None:
    """Show everything of an image."""
    with common.store() as store:
        if thumbnail is not None:
            _keep_or_ask(thumbnail, common, yes=yes)
            _write_thumbnail(image, thumbnail, store=store)
        row = image_details(store, image)
    if common.as_json:
        show_json(row)
    else:
        show_fields(f"image {row['id']}", _for_people(row))


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    """Return an image with times as people read them, and without what stands in the way of nothing."""
    told = {key: value for key, value in row.items() if key != "manual_grading" or value is not None}
    return told | {key: f"{_second(row[key])} UTC" for key in ("acquired", "started")}


def images_history(image: Image, common: Common) -> None:
    """Show every change of an image's status: who, when, from what to what, and why."""
    with common.store() as store:
        rows = image_history(store, image)
    if common.as_json:
        show_json(rows)
        return
    columns = ("at (UTC)", "from", "to", "by", "why", "by hand")
    cells = (
        (
            _second(each["at"]),
            each["from_status"],
            each["to_status"],
            each["by"],
            each["why"],
            "yes" if each["manual"] else "",
        )
        for each in rows
    )
    show_table(counted(len(rows), "change"), columns, rows=cells)


def _second(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"


def images_csv(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", parser=place, help="The file, .csv is added where it ends otherwise; - for the console."
        ),
    ],
    common: Common,
    *,
    among: Among,
    order: Order,
    how: CsvOptions,
) -> None:
    """Write acquired images as CSV, in the columns of Target Scheduler."""
    if str(file) == "-":
        if common.as_json:
            raise typer.BadParameter(
                "tells how many were written into a file, not onto the console", param_hint="--json"
            )
        with common.store() as store:
            query = query_of(order.applied(among.choice(common)), common, store=store)
            give_csv(give_out, query, store=store, extended=how.extended)
        return
    if file.suffix.lower() != ".csv":
        file = file.with_name(f"{file.name}.csv")
    with common.store() as store:
        query = query_of(order.applied(among.choice(common)), common, store=store)
        _keep_or_ask(file, common, yes=how.yes)
        written = write_csv(file, query, store=store, extended=how.extended)
    if common.as_json:
        show_json({"file": str(file), "images": written})
    else:
        show_text(f"{counted(written, 'image')} in {file}")


def _keep_or_ask(file: Path, common: Common, *, yes: bool) -> None:
    if not file.parent.is_dir():
        raise InputError(f"{file.parent} is no folder, so {file.name} is not written: make it, or name another one")
    if file.exists() and not yes:
        ask(
            f"{file} exists: replace it?",
            otherwise=f"{file} exists and stays; --yes replaces it",
            silent=common.as_json,
        )


def _write_thumbnail(name: str, file: Path, *, store: Store) -> None:
    # Pictures need libraries that the other commands of this module do without.
    from tsplug.services.thumbnails import thumbnail_of

    with store.read() as unit:
        image = find_named(unit, AcquiredImage, name=name)
    write_parts(file, [thumbnail_of(image, frame_files(), store=store).data])


def _more_columns(text: str, *, sort: str) -> list[str]:
    """Return the keys of the columns asked for, and of the order, that are not shown anyway.

    Raises:
        InputError: there is no such field or metric.
    """
    from tsplug.services.image_choice import SORTS

    keys = [key.strip() for key in text.split(",") if key.strip()]
    for key in keys:
        if key not in SORTS:
            raise InputError(f"images have no column {key!r}: one of {', '.join(sorted(SORTS))}")
    shown = {
        *("id", "started", "target", "filter", "exposure_s", "hfr", "star_count"),
        *("score", "band", "status", "reject_reason"),
    }
    return [key for key in dict.fromkeys([*keys, sort.removeprefix("-")]) if key and key not in shown]


def _cells(rows: Sequence[dict[str, Any]], keys: Sequence[str], *, scored: bool) -> Iterator[tuple[object, ...]]:
    for row in rows:
        started = f"{datetime.fromisoformat(row['started']):%Y-%m-%d %H:%M}"
        hfr, stars = row["metrics"].get("hfr"), row["metrics"].get("star_count")
        shown = (row["id"], started, row["target"], row["filter"], row["exposure_s"])
        more = (row["metrics"].get(key, row.get(key)) for key in keys)
        score = (_score(row),) if scored else ()
        yield (*shown, number(hfr), number(stars, 0), *score, *more, row["status"], row["reject_reason"])


def _score(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (number(row["score"], 0), row["band"])))
