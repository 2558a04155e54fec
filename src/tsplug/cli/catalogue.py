"""``tsplug site|profile|project|target|template|plan list|show``: the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import show_fields, show_json, show_table
from tsplug.services.records import record_row, record_rows

COLUMNS: dict[str, tuple[str, ...]] = {
    "site": ("id", "name", "latitude_deg", "longitude_deg", "elevation_m", "time_zone"),
    "profile": ("id", "name", "site", "telescope", "camera", "filters"),
    "project": ("id", "name", "profile", "state", "priority", "flats_handling", "grading_enabled"),
    "target": ("id", "name", "project", "ra_hours", "dec_deg", "rotation_deg", "enabled"),
    "template": ("id", "name", "profile", "filter_name", "default_exposure_s", "gain", "offset", "binning"),
    "plan": ("id", "project", "target", "template", "seconds", "desired", "acquired", "accepted"),
}
"""The columns of each list; ``show`` tells everything."""


def register(app: typer.Typer) -> None:
    """Add the commands of every kind of record."""
    for kind in COLUMNS:
        group = typer.Typer(help=f"The {kind}s of the store.", no_args_is_help=True)
        _register_list(group, kind)
        _register_show(group, kind)
        app.add_typer(group, name=kind)


def _register_list(group: typer.Typer, kind: str) -> None:
    def list_records(common: Common) -> None:
        with common.store() as store:
            rows = record_rows(store, kind, profile=common.profile)
        if common.as_json:
            show_json(rows)
        else:
            columns = COLUMNS[kind]
            show_table(f"{kind}s", columns, rows=([row[column] for column in columns] for row in rows))

    list_records.__doc__ = f"List the {kind}s."
    command(group, "list")(list_records)


def _register_show(group: typer.Typer, kind: str) -> None:
    def show_record(
        name: Annotated[str, typer.Argument(metavar=kind.upper(), help="Name, id or guid.")], common: Common
    ) -> None:
        with common.store() as store:
            row = record_row(store, kind, name=name)
        if common.as_json:
            show_json(row)
        else:
            show_fields(f"{kind} {row.get('name', row['id'])}", row)

    show_record.__doc__ = f"Show everything of a {kind}."
    # The metavar depends on the kind, which a postponed annotation cannot see.
    show_record.__annotations__["name"] = Annotated[
        str, typer.Argument(metavar=kind.upper(), help="Name, id or guid.", show_default=False)
    ]
    command(group, "show")(show_record)
