"""The options by which commands choose acquired images."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from tsplug.cli.opening import Common, check_year, parse_moment
from tsplug.model import GradingStatus
from tsplug.ports import ImageQuery, Store
from tsplug.services.image_choice import RANGES, ImageChoice, image_query

Range = StrEnum("Range", {f"last_{word}": word for word in RANGES})  # type: ignore[misc]


@dataclass(frozen=True)
class Among:
    """The options that narrow images; dates are calendar days at the site, both inclusive."""

    first: Annotated[str, typer.Option("--from", metavar="DATE|TIME", help="Begun on this day or later.")] = ""
    last: Annotated[str, typer.Option("--to", metavar="DATE|TIME", help="Begun on this day or earlier.")] = ""
    within: Annotated[
        Range | None, typer.Option("--range", help="Begun within so many days, today included.", show_default=False)
    ] = None
    project: Annotated[str, typer.Option(help="A project: name, id or guid.")] = ""
    target: Annotated[str, typer.Option(help="A target: name, id or guid.")] = ""
    plan: Annotated[str, typer.Option(help="A plan: TARGET/TEMPLATE, id or guid; `none` for none that is there.")] = ""
    filter_name: Annotated[str, typer.Option("--filter", help="A filter by its name.")] = ""
    status: Annotated[GradingStatus | None, typer.Option(help="Only of this status.", show_default=False)] = None
    since: Annotated[str, typer.Option(metavar="TIME", help="Recorded or graded at this moment or later.")] = ""

    def choice(self, common: Common) -> ImageChoice:
        """Return what is asked for.

        Raises:
            typer.BadParameter: a date or time cannot be read.
        """
        return ImageChoice(
            profile=common.profile,
            project=self.project,
            target=self.target,
            plan=self.plan,
            filter_name=self.filter_name,
            status=self.status,
            first=day_or_moment(self.first, "--from"),
            last=day_or_moment(self.last, "--to"),
            range=self.within.value if self.within else "",
            since=parse_moment(self.since, "--since") if self.since else None,
        )


@dataclass(frozen=True)
class Order:
    """The options of order and number."""

    sort: Annotated[
        str, typer.Option(metavar="[-]KEY", help="By a field or metric, lowest first; with a minus, highest first.")
    ] = ""
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.", show_default=False)] = None
    after: Annotated[str, typer.Option(metavar="IMAGE", help="Go on behind this image: the next page.")] = ""

    def applied(self, choice: ImageChoice) -> ImageChoice:
        """Return a choice in this order."""
        return choice.model_copy(update={"sort": self.sort, "limit": self.limit, "after": self.after})


def query_of(choice: ImageChoice, common: Common, *, store: Store) -> ImageQuery:
    """Return the query that a choice means."""
    with store.read() as unit:
        return image_query(unit, choice, now=common.clock().now())


def day_or_moment(text: str, option: str) -> date | datetime | None:
    """Return a day like 2026-01-15 or a moment with offset; None for nothing.

    Raises:
        typer.BadParameter: it is neither, or of a year that no sky is computed for.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return parse_moment(text, option, or_day=True)
    check_year(day, text, option=option)
    return day
