"""``tsplug report``: pages of a night, a target and a profile, and the same numbers as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common, check_year
from tsplug.cli.output import show_json, show_text
from tsplug.errors import NotFoundError
from tsplug.model import Profile
from tsplug.ports import Store
from tsplug.services.lookup import find_named
from tsplug.services.reporting.frames import MOST_FRAMES
from tsplug.services.reporting.night_data import latest_night, nearest_nights
from tsplug.services.reporting.night_report import write_night_report_to
from tsplug.services.reporting.profile_report import write_profile_report
from tsplug.services.reporting.target_report import write_target_report

_PAGE = "The HTML file, or a folder for it; by default NAME_report.html in the present folder."
_FRAMES = "How many lights the page lists one by one: the newest."

MostFrames = Annotated[int, typer.Option("--frames", min=0, max=10_000, help=_FRAMES)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Reports.", no_args_is_help=True)
    command(group, "night")(report_night)
    command(group, "target")(report_target)
    command(group, "profile")(report_profile)
    app.add_typer(group, name="report")


def report_night(
    common: Common,
    *,
    night: Annotated[
        str, typer.Argument(metavar="DATE", help="The date of the evening; the latest night if left out.")
    ] = "",
    out: Annotated[Path, typer.Option(help="The folder for the files, or an .html file for the page alone.")] = Path(),
    frames: MostFrames = MOST_FRAMES,
) -> None:
    """Write report.html of a night, and acquisition CSV and session summary of each target imaged."""
    wanted = _date(night) if night else None
    with common.context() as context:
        profile = common.chosen_profile(context.store)
        day = _night_with_lights(context.store, profile, wanted=wanted)
        files, document = write_night_report_to(
            out, profile_guid=profile.guid, day=day, context=context, most_frames=frames
        )
    _show(files, document, as_json=common.as_json)


def report_target(
    common: Common,
    *,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The target: name, id or guid.")],
    out: Annotated[Path | None, typer.Option(help=_PAGE)] = None,
    frames: MostFrames = MOST_FRAMES,
) -> None:
    """Write what a target got: progress, exposures and time by filter and night, metrics, flats, lights."""
    with common.context() as context:
        file, document = write_target_report(target, out, context=context, most_frames=frames)
    _show([file], document, as_json=common.as_json)


def report_profile(
    common: Common,
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The profile; the only one if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help=_PAGE)] = None,
) -> None:
    """Write what a profile imaged: its targets, exposures and time by filter and night, metrics and flats of late."""
    with common.context() as context:
        profile = _profile(context.store, name) if name else common.chosen_profile(context.store)
        file, document = write_profile_report(profile, out, context=context)
    _show([file], document, as_json=common.as_json)


def _show(files: Sequence[Path], document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json({**document, "files": list(files)})
    else:
        show_text("\n".join(f"written: {file}" for file in files))


def _profile(store: Store, name: str) -> Profile:
    with store.read() as unit:
        return find_named(unit, Profile, name=name)


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
