"""``tsplug import nina-profile``: a rig with its site and trained flats from a N.I.N.A. profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from tsplug.app import find_horizon, read_horizon, read_nina_profile, system_time_zone
from tsplug.cli.commands import command
from tsplug.cli.opening import IN_MEMORY, Common, store_is_missing
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.nina.profile import NinaProfile
from tsplug.ports import Clock
from tsplug.services.nina_profile_import import ProfileImport, import_profile
from tsplug.services.nina_profile_site import SiteHints


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "nina-profile")(nina_profile)


def nina_profile(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=place, help="The profile: ID.profile in %localappdata%\\NINA.")
    ],
    common: Common,
    *,
    time_zone: Annotated[
        str, typer.Option("--time-zone", metavar="NAME", help="The site's time zone, such as Europe/Zurich.")
    ] = "",
    horizon: Annotated[
        Path | None, typer.Option("--horizon", metavar="FILE", help="The horizon, instead of the profile's own file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Bring in a N.I.N.A. profile: filters, site, optics, camera, patterns, trained flats; again, it updates them."""
    if time_zone:
        _check_zone(time_zone)
    clock = common.clock()
    found = read_nina_profile(file)
    hints = replace(_hints(file, found, clock=clock, horizon=horizon), time_zone=time_zone)
    if dry_run and store_is_missing(common):
        common = replace(common, db=IN_MEMORY)
    with common.store(create=True) as store:
        report = import_profile(found, store, clock=clock, hints=hints, dry_run=dry_run)
    if common.as_json:
        show_json(report)
    else:
        _show(report)


def _hints(file: Path, found: NinaProfile, *, clock: Clock, horizon: Path | None) -> SiteHints:
    hints = SiteHints(file=str(file), now=clock.now(), system_zone=system_time_zone())
    if horizon is not None:
        return replace(hints, horizon=read_horizon(horizon))
    named = found.site.horizon_file if found.site is not None else ""
    there = find_horizon(file, named)
    if there is None:
        missing = f"the horizon file {named} is not on this machine; give it with --horizon FILE"
        return replace(hints, horizon_note=missing if named else "")
    try:
        return replace(hints, horizon=read_horizon(there))
    except InputError as error:
        return replace(hints, horizon_note=f"the horizon was left out: {error}")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(
            f"unknown time zone {name!r}; use an IANA name such as Europe/Zurich", param_hint="--time-zone"
        ) from error


def _show(report: ProfileImport) -> None:
    would = "would be " if report.dry_run else ""
    if report.unchanged:
        show_text(f"profile {report.profile!r}: no changes: everything was here already")
    elif report.made:
        show_text(f"profile {report.profile!r} ({report.guid}) {would}added")
    if report.changes:
        rows = ([each.field, each.before, each.after] for each in report.changes)
        show_table(f"profile {report.profile!r}", ("field", "from", "to"), rows=rows)
    if report.flats_added or report.flats_updated:
        added = counted(report.flats_added, "trained flat")
        show_text(f"{added} {would}added, {report.flats_updated} updated, {report.flats_unchanged} unchanged")
    for note in report.notes:
        show_text(f"note: {note}")
