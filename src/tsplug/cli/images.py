"""``tsplug images list|show``: what was acquired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common, check_year, parse_moment
from tsplug.cli.output import counted, number, show_fields, show_json, show_table
from tsplug.model import AcquiredImage, GradingStatus, Project, Site, Target
from tsplug.model.night import night_starting
from tsplug.ports import ImageQuery, Store
from tsplug.services.image_list import image_row, list_images
from tsplug.services.lookup import find_named
from tsplug.services.rigs import site_of


@dataclass(frozen=True)
class Which:
    """The options that choose images."""

    first: Annotated[str, typer.Option("--from", metavar="DATE|TIME", help="Nights from this date, or times.")] = ""
    last: Annotated[str, typer.Option("--to", metavar="DATE|TIME", help="Nights to this date, or times before.")] = ""
    project: Annotated[str, typer.Option(help="A project: name, id or guid.")] = ""
    target: Annotated[str, typer.Option(help="A target: name, id or guid.")] = ""
    filter_name: Annotated[str, typer.Option("--filter", help="A filter by its name.")] = ""
    status: Annotated[GradingStatus | None, typer.Option(help="Only of this status.", show_default=False)] = None
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.", show_default=False)] = None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The acquired images.", no_args_is_help=True)
    command(group, "list")(images_list)
    command(group, "show")(images_show)
    app.add_typer(group, name="images")


def images_list(common: Common, which: Which) -> None:
    """List acquired images, newest first."""
    with common.store() as store:
        rows = list_images(store, _query(common, which, store=store))
    if common.as_json:
        show_json(rows)
        return
    columns = ("id", "started (UTC)", "target", "filter", "s", "HFR", "stars", "status", "why")
    show_table(counted(len(rows), "image"), columns, rows=_cells(rows))


def images_show(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="Id or guid.")],
    common: Common,
) -> None:
    """Show everything of an image."""
    with common.store() as store, store.read() as unit:
        row = image_row(find_named(unit, AcquiredImage, name=image))
    if common.as_json:
        show_json(row)
    else:
        show_fields(f"image {row['id']}", row)


def _cells(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield what is shown of images; the year only where they are of several."""
    moments = [datetime.fromisoformat(row["started"]) for row in rows]
    form = "%Y-%m-%d %H:%M:%S" if len({moment.year for moment in moments}) > 1 else "%m-%d %H:%M:%S"
    for row, started in zip(rows, moments, strict=True):
        hfr, stars = row["metrics"].get("hfr"), row["metrics"].get("star_count")
        shown = (row["id"], f"{started:{form}}", row["target"], row["filter"], row["exposure_s"])
        yield (*shown, number(hfr), number(stars, 0), row["status"], row["reject_reason"])


def _query(common: Common, which: Which, *, store: Store) -> ImageQuery:
    needs_profile = bool(common.profile) or any(_is_date(text) for text in (which.first, which.last))
    profile = common.chosen_profile(store) if needs_profile else None
    with store.read() as unit:
        site = None if profile is None else site_of(unit, profile)
        return ImageQuery(
            profile_id=profile.id if profile is not None and common.profile else None,
            project_id=find_named(unit, Project, name=which.project).id if which.project else None,
            target_id=find_named(unit, Target, name=which.target).id if which.target else None,
            filter_name=which.filter_name or None,
            status=which.status,
            started_from=_bound(which.first, site, option="--from"),
            started_before=_bound(which.last, site, option="--to"),
            limit=which.limit,
        )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _bound(text: str, site: Site | None, *, option: str) -> datetime | None:
    if not text:
        return None
    if site is not None and _is_date(text):
        night = date.fromisoformat(text)
        check_year(night, text, option=option)
        # The last night counts wholly.
        return night_starting(night + timedelta(days=1) if option == "--to" else night, site).start
    return parse_moment(text, option)
