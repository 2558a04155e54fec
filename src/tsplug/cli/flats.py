"""``tsplug flats due|history``: which sessions need flats, and what was taken."""

from __future__ import annotations

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import number, show_json, show_table
from tsplug.services.flats_due import flats_due_rows
from tsplug.services.flats_history import flat_history


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Flats.", no_args_is_help=True)
    command(group, "due")(due)
    command(group, "history")(history)
    app.add_typer(group, name="flats")


def due(common: Common) -> None:
    """Show which light sessions need flats, and why or why not."""
    with common.context() as context:
        rows = flats_due_rows(common.chosen_profile(context.store).guid, context)
    if common.as_json:
        show_json(rows)
        return
    columns = ("night", "target", "filter", "gain", "rotation", "due", "on", "why")
    cells = (
        [
            row["session_date"],
            row["target"],
            row["filter"],
            row["gain"],
            number(row["rotation_deg"], 1),
            "yes" if row["due"] else "no",
            row["due_on"],
            row["reason"],
        ]
        for row in rows
    )
    show_table(f"{len(rows)} light sessions", columns, rows=cells)


def history(common: Common) -> None:
    """Show the flat sets taken, newest first, with the light sessions they serve."""
    with common.store() as store:
        rows = flat_history(store, common.chosen_profile(store).guid if common.profile else None)
    if common.as_json:
        show_json(rows)
        return
    columns = ("night", "filter", "gain", "panel", "s", "ADU", "frames", "state", "for the lights of")
    cells = (
        [
            row["night"],
            row["filter"],
            row["gain"],
            row["brightness"],
            row["exposure_s"],
            number(row["adu_median"], 0),
            f"{row['on_disk']}/{row['wanted']}" if row["wanted"] else "",
            row["state"],
            "\n".join(f"{session['target']} {session['session_date']}" for session in row["sessions"]),
        ]
        for row in rows
    )
    show_table(f"{len(rows)} flat sets", columns, rows=cells)
