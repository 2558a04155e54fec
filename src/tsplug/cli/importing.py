"""``tsplug import ...``: the group; each source has a file of its own that adds its command."""

from __future__ import annotations

import typer

from tsplug.cli import import_horizon, import_nina_db, import_nina_profile, import_profile, import_targets

PARTS = (import_nina_db, import_nina_profile, import_targets, import_profile, import_horizon)
"""Every module that adds a command, by its ``register``."""


def register(app: typer.Typer) -> None:
    """Add the group with all its commands."""
    group = typer.Typer(help="Bring in what other programs keep.", no_args_is_help=True)
    _let_it_stay_a_group(group)
    for part in PARTS:
        part.register(group)
    app.add_typer(group, name="import")


def _let_it_stay_a_group(group: typer.Typer) -> None:
    # Typer makes an application of a single command that command; a callback keeps the command's name.
    group.callback()(lambda: None)
