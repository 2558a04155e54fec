"""``tsplug night season``: which of the nights to come give a target how many hours, until it is complete."""

from __future__ import annotations

from typing import Annotated

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.model import TargetSeason


def register_season(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "season")(night_season)


def night_season(
    common: Common,
    *,
    target: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this target, night by night; may be repeated.")
    ] = None,
    nights: Annotated[int, typer.Option(min=1, max=400, help="How many nights to look ahead.")] = 90,
) -> None:
    """Show how many hours the nights to come offer each target, and when it would be complete if it had them all."""
    # Imported here: astronomy is slow to import, and no other command needs it.
    from tsplug.services.night_ahead import season_ahead

    with common.context() as context:
        profile = common.chosen_profile(context.store)
        seasons, notes = season_ahead(context, profile.guid, nights=nights, targets=tuple(target or ()))
    if common.as_json:
        show_json(seasons)
        return
    for note in notes:
        show_text(f"note: {note}")
    if not seasons:
        show_text("no enabled target wants more exposures")
        return
    columns = ("target", "wants h", "possible h", "nights", "first", "last", "complete on")
    several = len({each.target for each in seasons}) < len(seasons)
    lines = [_summary(each, several=several) for each in seasons]
    show_table(f"the next {counted(nights, 'night')}", columns, rows=lines)
    show_text(
        "possible: hours, until it is complete, in which some plan that still wants exposures can be exposed; no "
        "target competes with another, and pointing, dithers, downloads and weather cost nothing"
    )
    for each in seasons:
        if each.why:
            show_text(f"{each.target}: {each.why} (night of {each.nights[0].date})")
    if target:
        for each in seasons:
            rows = [
                (night.date, f"{night.hours:.1f}", f"{night.left_hours:.1f}") for night in each.nights if night.hours
            ]
            show_table(f"{each.target}, night by night", ("night of", "hours", "then left h"), rows=rows)


def _summary(season: TargetSeason, *, several: bool) -> list[object]:
    """Return a line; targets of one name are told apart by their projects, else the table stays narrow."""
    some = [night for night in season.nights if night.hours > 0]
    total = sum(night.hours for night in some)
    ends = [f"{night.date:%d %b}" for night in (some[0], some[-1])] if some else ["none", "none"]
    name = f"{season.project}: {season.target}" if several else season.target
    wanted, possible = f"{season.wanted_hours:.1f}", f"{total:.1f}"
    return [name, wanted, possible, len(some), *ends, season.complete_on or "not in these"]
