"""``tsplug site|profile|project|target|template|plan list|show``: the catalogue; `catalogue_edit` keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tsplug.cli.catalogue_edit import register_changes
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, horizon_words, number, show_fields, show_json, show_table
from tsplug.model import Priority
from tsplug.model.coordinates import shown_dec, shown_ra
from tsplug.services.records import Among, record_row, record_rows

COLUMNS: dict[str, tuple[str, ...]] = {
    "site": ("id", "name", "latitude_deg", "longitude_deg", "elevation_m", "time_zone"),
    "profile": ("id", "name", "site", "telescope", "camera", "filters"),
    "project": ("id", "name", "profile", "state", "priority", "flats_handling", "progress_percent"),
    "target": ("id", "name", "project", "ra", "dec", "rotation_deg", "enabled", "progress_percent"),
    "template": ("id", "name", "profile", "filter_name", "default_exposure_s", "gain", "offset", "binning"),
    "plan": ("id", "target", "template", "seconds", "desired", "acquired", "accepted", "enabled", "progress_percent"),
}
"""The columns of each list; ``show`` tells everything."""

_HEADINGS = {
    "latitude_deg": "latitude",
    "longitude_deg": "longitude",
    "elevation_m": "m",
    "time_zone": "time zone",
    "filter_name": "filter",
    "default_exposure_s": "s",
    "seconds": "s",
    "rotation_deg": "rot",
    "flats_handling": "flats",
    "enabled": "on",
    "progress_percent": "done %",
}


def register(app: typer.Typer) -> None:
    """Add the commands of every kind of record."""
    for kind in COLUMNS:
        group = typer.Typer(help=f"The {kind}s of the store.", no_args_is_help=True)
        _register_list(group, kind)
        _register_show(group, kind)
        register_changes(group, kind)
        app.add_typer(group, name=kind)


@dataclass(frozen=True)
class OfProject:
    """Narrows a list to a project."""

    project: Annotated[str, typer.Option(help="Only those of this project: name, id or guid.")] = ""


@dataclass(frozen=True)
class OfTarget:
    """Narrows a list to a target or project."""

    target: Annotated[str, typer.Option(help="Only those of this target: name, id or guid.")] = ""
    project: Annotated[str, typer.Option(help="Only those of this project: name, id or guid.")] = ""


def _register_list(group: typer.Typer, kind: str) -> None:
    def list_all(common: Common) -> None:
        _list(kind, common, among=Among(profile=common.profile))

    def list_of_project(common: Common, which: OfProject) -> None:
        _list(kind, common, among=Among(profile=common.profile, project=which.project))

    def list_of_target(common: Common, which: OfTarget) -> None:
        _list(kind, common, among=Among(profile=common.profile, project=which.project, target=which.target))

    narrowed: dict[str, Callable[..., None]] = {"target": list_of_project, "plan": list_of_target}
    function = narrowed.get(kind, list_all)
    function.__doc__ = f"List the {kind}s."
    command(group, "list")(function)


def _list(kind: str, common: Common, *, among: Among) -> None:
    with common.store() as store:
        rows = record_rows(store, kind, among=among)
    if common.as_json:
        show_json(rows)
    else:
        show_rows(kind, rows)


def _register_show(group: typer.Typer, kind: str) -> None:
    def show_record(name: str, common: Common) -> None:
        with common.store() as store:
            row = record_row(store, kind, name=name)
        if common.as_json:
            show_json(row)
        else:
            _show_record(kind, row)

    show_record.__doc__ = f"Show everything of a {kind}."
    # The metavar depends on the kind, which a postponed annotation cannot see.
    show_record.__annotations__["name"] = Annotated[
        str, typer.Argument(metavar=kind.upper(), help=name_help(kind), show_default=False)
    ]
    command(group, "show")(show_record)


def name_help(kind: str) -> str:
    """Return how a record of a kind can be named."""
    return "Id, guid or TARGET/TEMPLATE." if kind == "plan" else "Name, id or guid."


def show_rows(kind: str, rows: list[dict[str, Any]]) -> None:
    """Print records as a table of the columns of their kind; plans of several projects say whose they are."""
    columns = COLUMNS[kind]
    if kind == "plan" and len({row["project"] for row in rows}) > 1:
        columns = ("id", "project", *columns[1:])
    headings = [_HEADINGS.get(column, column) for column in columns]
    show_table(counted(len(rows), kind), headings, rows=([_cell(row, column) for column in columns] for row in rows))


def _show_record(kind: str, row: Mapping[str, Any]) -> None:
    held = {"target": "plan", "project": "target"}.get(kind)
    inner = row.get(f"{held}s", [])
    fields = {key: _told(row, key, inner=inner) for key in row if key != f"{held}s"}
    if kind == "target":
        fields |= {"ra_hours": _with(row, "ra_hours", shown="ra"), "dec_deg": _with(row, "dec_deg", shown="dec")}
    fields = {key: fields[key] for key in ("id", "name", *fields) if key in fields}
    # As it is typed to take a value away.
    fields = {key: "none" if value in (None, "", [], {}) else value for key, value in fields.items()}
    show_fields(f"{kind} {row.get('name', row['id'])}", fields)
    if held is not None:
        show_rows(held, inner)


def _with(row: Mapping[str, Any], key: str, *, shown: str) -> str:
    return f"{row[key]:.10g} ({_cell(row, shown)})"


def _cell(row: Mapping[str, Any], column: str) -> object:
    if column == "ra":
        return shown_ra(row["ra_hours"])
    if column == "dec":
        return shown_dec(row["dec_deg"])
    if column == "progress_percent":
        return number(row[column], 0)
    return _told(row, column, inner=())


def _told(row: Mapping[str, Any], key: str, *, inner: Any) -> object:
    """Return a value as people read it: words for priorities and switches, names in orders, pairs in a horizon."""
    value = row[key]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "priority" and value is not None:
        return Priority(value).name.lower()
    if key == "horizon":
        return horizon_words(value)
    if key in ("override_order", "filter_cadence"):
        templates = {plan["guid"]: plan["template"] for plan in inner}
        return ", ".join(templates.get(item["plan_guid"], item["action"]) for item in value)
    return value
