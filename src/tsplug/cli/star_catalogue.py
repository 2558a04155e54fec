"""``tsplug catalogue install|show``: the star catalogue by which frames are solved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import install_star_catalogue, star_catalogue_facts, star_catalogue_place
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import CommandProgress, show_fields, show_json, show_text
from tsplug.cli.places import place
from tsplug.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The star catalogue by which frames are solved.", no_args_is_help=True)
    command(group, "install")(catalogue_install)
    command(group, "show")(catalogue_show)
    app.add_typer(group, name="catalogue")


def catalogue_install(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", parser=place, help="Tycho-2 (tyc2.dat, packed or not), a table as text or FITS, or our own."
        ),
    ],
    common: Common,
    *,
    faintest: Annotated[float | None, typer.Option(metavar="MAG", help="Leave fainter stars out.")] = None,
) -> None:
    """Make the star catalogue of a file that you have; it takes the place of one that is there.

    Tables need columns ra and dec in degrees and mag, named in the first line and parted by commas, tabs or blanks; the
    names of the usual catalogues are known. Rows without these are left out, which is told. Stars are moved to this
    year's places where the file tells how they move.
    """
    where, facts = install_star_catalogue(file, tell=CommandProgress().report, faintest=faintest)
    if common.as_json:
        show_json({"catalogue": str(where), **asdict(facts)})
    else:
        show_text(f"{where}: {facts.stars} stars down to magnitude {facts.faintest:.1f}, of {facts.source}")


def catalogue_show(common: Common) -> None:
    """Show which star catalogue is installed."""
    where, facts = star_catalogue_place(), star_catalogue_facts()
    if facts is None:
        raise NotFoundError(f"no star catalogue is installed at {where}: tsplug catalogue install FILE")
    told = {"catalogue": str(where), **asdict(facts)}
    if common.as_json:
        show_json(told)
    else:
        show_fields("star catalogue", told)
