"""``tsplug night preview``: a whole night exposure by exposure, as a table, JSON and a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common, parse_day
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.cli.previewed_rig import previewed_rig
from tsplug.errors import InputError
from tsplug.model import PreviewDocument, PreviewExposure, PreviewSpan
from tsplug.model.clock import zone_words

if TYPE_CHECKING:
    from tsplug.services.night_ahead import NightAhead


_MOST_RUNS = 6


def register_preview(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "preview")(night_preview)


@dataclass(frozen=True)
class Asked:
    """The options that say which night is previewed, and for what."""

    date: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            help="The date of the night's evening; the rest of this night (after dawn: the next) if left out.",
        ),
    ] = ""
    target: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this target; may be given several times.")
    ] = None
    second: Annotated[
        str, typer.Option(metavar="PROFILE", help="The profile of a second camera on the mount, which exposes beside.")
    ] = ""
    sequence: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Take profile, site, overheads, flips, focus and second camera from this sequence, not from records.",
        ),
    ] = None


def night_preview(
    common: Common,
    asked: Asked,
    *,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the night into this file.")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With --json: the night, its site and zone, notes and idle targets too.")
    ] = False,
) -> None:
    """Show a night before it comes, exposure by exposure; nothing is written to the store."""
    # Imported here: astronomy is slow to import, and no other command needs it.
    from tsplug.services.night_ahead import preview_night, told_night

    day = parse_day(asked.date, "--date") if asked.date else None
    with previewed_rig(common, asked.sequence, second=asked.second) as (context, profile, habits):
        night = preview_night(context, profile.guid, day=day, targets=tuple(asked.target or ()), habits=habits)
    if png is not None:
        _draw(night, png)
    if common.as_json and not full:
        # A promise to scripts: the list alone.
        show_json(night.preview.spans)
        return
    told = told_night(night)
    if common.as_json:
        show_json(told)
    else:
        _show(told)


def _show(told: PreviewDocument) -> None:
    zone = ZoneInfo(told.time_zone)
    lights = sum(len(span.exposures) for span in told.spans)
    beside = sum(each.beside for span in told.spans for each in span.exposures)
    also = f" and {beside} of the second camera" if beside else ""
    show_text(
        f"night of {told.date} at {told.site}: {counted(lights, 'exposure')}{also}, times {zone_words(told.time_zone)}"
    )
    for note in told.notes:
        show_text(f"note: {note}")
    columns = ("from", "to", "target", "project", "exposures")
    rows = [_row(span, zone) for span in told.spans]
    if rows:
        show_table("timeline", columns, rows=rows)
    show_text(f"then: {told.ends_because}")
    for title, those in (("nothing for", told.idle), ("nothing more for", told.unfinished)):
        if those:
            kept = [(each.target, each.project, each.rule, each.detail) for each in those]
            show_table(title, ("target", "project", "rule", "why"), rows=kept)


def _draw(night: NightAhead, png: Path) -> None:
    from tsplug.services.night_picture import draw_night

    if png.suffix.lower() != ".png":
        raise InputError(f"--png {png}: give a file that ends in .png")
    try:
        draw_night(night).save(png)
    except OSError as error:
        raise InputError(f"the picture cannot be written to {png}: {error.strerror or error}") from error


def _row(span: PreviewSpan, zone: ZoneInfo) -> list[str]:
    clocks = [_clock(moment, zone) for moment in (span.start, span.end)]
    if span.kind == "wait":
        return [*clocks, f"(wait for {span.target})", span.project, span.reason]
    runs = list(_runs(span.exposures))
    told = runs if len(runs) <= _MOST_RUNS else [*_totals(span.exposures), f"in {len(runs)} runs"]
    return [*clocks, span.target, span.project, ", ".join(told)]


def _totals(exposures: Sequence[PreviewExposure]) -> list[str]:
    """Return how many exposures there are of each filter and exposure time, and how many flips."""
    kinds = [(each.filter, each.exposure_s) for each in exposures]
    flips = sum(each.flip for each in exposures)
    told = [f"{kinds.count(kind)} x {kind[0]} {kind[1]:g} s" for kind in dict.fromkeys(kinds)]
    return [*told, counted(flips, "flip")] if flips else told


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    # To the second above: a wait that ends at 18:04:00 must not seem to end before it.
    return f"{(moment + timedelta(milliseconds=500)).astimezone(zone):%m-%d %H:%M:%S}"


def _runs(exposures: Sequence[PreviewExposure]) -> Iterator[str]:
    """Yield runs of one filter and exposure time, and the flips between them."""
    run: list[PreviewExposure] = []
    for each in exposures:
        alike = not run or (run[-1].filter, run[-1].exposure_s) == (each.filter, each.exposure_s)
        if run and (not alike or each.flip):
            yield _run(run)
            run = []
        if each.flip:
            yield "flip"
        run.append(each)
    if run:
        yield _run(run)


def _run(run: Sequence[PreviewExposure]) -> str:
    beside = sum(each.beside for each in run)
    return f"{len(run)} x {run[0].filter} {run[0].exposure_s:g} s" + (f" + {beside} beside" if beside else "")
