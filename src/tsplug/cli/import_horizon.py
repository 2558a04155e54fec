"""``tsplug import horizon``: what stands in the way around a site, from a file of N.I.N.A. or Stellarium."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import read_horizon
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, show_json, show_text
from tsplug.cli.places import place


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "horizon")(horizon)


def horizon(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=place, help="Lines of azimuth and altitude; # begins a comment.")
    ],
    common: Common,
    *,
    site: Annotated[str, typer.Option(metavar="NAME", help="The site; needed where there are several.")] = "",
    form: Annotated[
        str, typer.Option(metavar="FORM", help="As a Stellarium landscape says: azDeg_altDeg, azRad_zdRad and so on.")
    ] = "azDeg_altDeg",
) -> None:
    """Give a site the horizon of a file; projects with use_custom_horizon keep above it."""
    # Imported here: a short command must not wait for what it may not need.
    from tsplug.services.site_horizon import set_horizon

    points = read_horizon(file, form=form)
    with common.store() as store:
        changed = set_horizon(store, site, points=points)
    if common.as_json:
        show_json({"site": changed.name, "horizon": changed.horizon})
        return
    lowest, highest = min(points, key=lambda each: each[1]), max(points, key=lambda each: each[1])
    show_text(
        f"site {changed.name!r} has a horizon of {counted(len(points), 'point')}, "
        f"from {lowest[1]:g} to {highest[1]:g} degrees (highest at azimuth {highest[0]:g})"
    )
