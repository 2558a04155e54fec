"""The tsplug command: every group of commands in its place."""

from __future__ import annotations

import sys

import typer

import tsplug
from tsplug.cli import (
    astrobin,
    catalogue,
    criteria,
    doctor,
    exporting,
    files,
    flats,
    grade,
    images,
    importing,
    measure,
    night,
    regrade,
    report,
    training,
)
from tsplug.cli.commands import FAILED, before_commands, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, drop_output, show_json, show_text, stop_quietly


def application() -> typer.Typer:
    """Return the application with all commands."""
    app = typer.Typer(
        name="tsplug",
        help="Target scheduler for astrophotography: what was imaged, how good it is, what it still needs.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    before_commands(app, Common)
    for part in (
        catalogue,
        images,
        files,
        measure,
        grade,
        regrade,
        criteria,
        flats,
        training,
        night,
        astrobin,
        report,
        importing,
        exporting,
        doctor,
    ):
        part.register(app)
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
    try:
        try:
            application()()
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
