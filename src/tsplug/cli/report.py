"""``tsplug report night``: the files and the page of a night."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common, check_year
from tsplug.cli.output import show_json, show_text
from tsplug.errors import NotFoundError
from tsplug.model import Profile
from tsplug.ports import Store
from tsplug.services.night_data import latest_night, nearest_nights
from tsplug.services.night_report import write_night_report


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Reports.", no_args_is_help=True)
    command(group, "night")(report_night)
    app.add_typer(group, name="report")


def report_night(
    common: Common,
    *,
    night: Annotated[
        str, typer.Argument(metavar="DATE", help="The date of the evening; the latest night if left out.")
    ] = "",
    out: Annotated[Path, typer.Option(help="The folder for the files.")] = Path(),
) -> None:
    """Write report.html of a night, and acquisition CSV and session summary of each target imaged."""
    wanted = _date(night) if night else None
    with common.context() as context:
        profile = common.chosen_profile(context.store)
        day = _night_with_lights(context.store, profile, wanted=wanted)
        files = write_night_report(profile.guid, out, context=context, night=day)
    if common.as_json:
        show_json({"night": day, "files": list(files)})
    else:
        show_text("\n".join(f"written: {file}" for file in files))


def _night_with_lights(store: Store, profile: Profile, *, wanted: date | None) -> date:
    """Return the wanted night, or the latest.

    Raises:
        NotFoundError: it has no lights; the text names the nearest nights that have.
    """
    latest = latest_night(store, profile.guid)
    if latest is None:
        raise NotFoundError(f"profile {profile.name!r} has no night with lights; run a night first")
    if wanted is None:
        return latest
    near = nearest_nights(store, profile.guid, day=wanted)
    if wanted not in near:
        which = "nights with lights are" if len(near) > 1 else "night with lights is"
        raise NotFoundError(
            f"profile {profile.name!r} has no lights in the night of {wanted}; the nearest {which}"
            f" {' and '.join(map(str, near))}"
        )
    return wanted


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-01-15", param_hint="DATE") from error
    check_year(day, text, option="DATE")
    return day
