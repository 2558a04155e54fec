"""The tsplug command: every group of commands in its place."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

import tsplug
from tsplug.cli.commands import FAILED, before_commands, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, drop_output, show_json, show_text, stop_quietly

PARTS = {
    "catalogue": ("site", "profile", "project", "target", "template", "plan"),
    "images": ("images",),
    "files": ("files",),
    "star_catalogue": ("catalogue",),
    "measure": ("measure",),
    "process": ("process",),
    "jobs": ("jobs",),
    "worker": ("worker",),
    "serve": ("serve",),
    "grade": ("grade",),
    "regrade": ("regrade",),
    "criteria": ("criteria",),
    "flats": ("flats",),
    "training": ("training",),
    "night": ("night",),
    "astrobin": ("astrobin",),
    "report": ("report",),
    "importing": ("import",),
    "exporting": ("export",),
    "doctor": ("doctor",),
}
"""The modules of the commands and the names each registers, in the order of the help."""


def application(words: Iterable[str] = ()) -> typer.Typer:
    """Return the application with the commands that words name, or with all of them where none is named.

    Only what is asked for is imported, because most of the time of a short command is that of its imports.
    """
    app = typer.Typer(
        name="tsplug",
        help="Target scheduler for astrophotography: what was imaged, how good it is, what it still needs.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    before_commands(app, Common)
    named = set(words)
    wanted = [part for part, names in PARTS.items() if not named.isdisjoint(names)]
    for part in wanted if wanted or "version" in named else PARTS:
        import_module(f"tsplug.cli.{part}").register(app)
    command(app, "version")(version)
    return app


def version(common: Common) -> None:
    """Print the version of tsplug."""
    if common.as_json:
        show_json({"version": tsplug.__version__})
    else:
        show_text(f"tsplug {tsplug.__version__}")


def main() -> None:
    """Run the command line; exit status 0 done, 1 failed or refused, 2 wrong use, 141 nobody read on."""
    output = sys.stdout
    try:
        try:
            application(sys.argv[1:])()
        except SystemExit:
            # Typer ends help that nobody reads on with a failure, and puts another output in place of that one.
            if sys.stdout is not output:
                stop_quietly()
            raise
        finally:
            # Now, because a failure while Python shuts down could no longer be told.
            sys.stdout.flush()
    except OSError as error:
        # Whatever concerns a file names it; only the output has no name.
        if error.filename is not None:
            raise
        if isinstance(error, BrokenPipeError):
            stop_quietly()
        drop_output()
        complain(f"the output cannot be written: {error.strerror}")
        sys.exit(FAILED)
