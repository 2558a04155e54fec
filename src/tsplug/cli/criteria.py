"""``tsplug criteria list|show|add|edit|copy|delete``: keep sets of criteria; `criteria_score` tries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tsplug.cli.catalogue_edit import DryRun, Fields, Yes, ask_before_deleting
from tsplug.cli.commands import command
from tsplug.cli.criteria_score import register_trying
from tsplug.cli.criteria_sets import chosen_criteria, read_set_file, reading
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.services.catalogue_delete import Deletion
from tsplug.services.catalogue_fields import is_assignment
from tsplug.services.criteria import (
    DEFAULT_NAME,
    add_criteria,
    copy_criteria,
    delete_criteria,
    edit_criteria,
    list_criteria,
    replace_criteria,
    show_criteria,
)
from tsplug.services.criteria_documents import Document, default_document, edited, yaml_of

SetName = Annotated[str, typer.Argument(metavar="SET", help="Name, id or guid.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Sets of criteria: what makes a score, and where the bands begin.", no_args_is_help=True)
    command(group, "list")(criteria_list)
    command(group, "show")(criteria_show)
    command(group, "add")(criteria_add)
    command(group, "edit")(criteria_edit)
    command(group, "copy")(criteria_copy)
    command(group, "delete")(criteria_delete)
    register_trying(group)
    app.add_typer(group, name="criteria")


def criteria_list(common: Common) -> None:
    """List the sets of criteria."""
    with common.store() as store:
        sets = list_criteria(store)
    if common.as_json:
        show_json(sets)
        return
    cells = ([each["id"], each["name"], _bands(each), _metrics(each), each["profiles"]] for each in sets)
    show_table(counted(len(sets), "criteria set"), ("id", "name", "A B C D", "rows", "graded by it"), rows=cells)


def criteria_show(
    name: SetName,
    common: Common,
    *,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the file that `add --file` reads.")] = False,
) -> None:
    """Show a set of criteria; `default` is the built-in one."""
    if as_yaml:
        with reading(common, name) as unit:
            show_text(yaml_of(chosen_criteria(name, unit)).rstrip())
        return
    with common.store() as store:
        row = show_criteria(store, name)
    if common.as_json:
        show_json(row)
    else:
        _show_set(row)


@dataclass(frozen=True)
class From:
    """Where a set comes from."""

    file: Annotated[str, typer.Option(metavar="SET.yaml", help="Read the set from a file.")] = ""
    default: Annotated[bool, typer.Option("--default", help="Begin with the seven rows of the built-in set.")] = False


def criteria_add(
    common: Common,
    origin: From,
    *,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME KEY=VALUE...",
            help="The set's name, then fields: threshold_a=92, hfr.weight=0.3, ...",
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a set of criteria: from a file, from the built-in one, or row by row; rows have their metric's defaults."""
    first, *rest = fields or [""]
    named = bool(first) and not is_assignment(first)
    document = _begun(origin)
    if named:
        document["name"] = first
    document = edited(document, _assignments(rest if named else fields or []))
    with common.store(create=not dry_run) as store:
        row = add_criteria(document, store, dry_run=dry_run)
    _show_made(f"{'would have ' if dry_run else ''}added", row, common=common, dry_run=dry_run)


def criteria_edit(
    name: SetName, common: Common, *, origin: From, fields: Fields = None, dry_run: DryRun = False
) -> None:
    """Change a set of criteria: KEY=VALUE, METRIC.FIELD=VALUE, METRIC=none; or all of it from a file."""
    if bool(fields) == bool(origin.file or origin.default):
        raise typer.BadParameter("give KEY=VALUE... or --file, one of them", param_hint="KEY=VALUE")
    with common.store() as store:
        if fields:
            row = edit_criteria(name, _assignments(fields), store=store, dry_run=dry_run)
        else:
            document = _begun(origin)
            document["name"] = document["name"] if origin.file else show_criteria(store, name)["name"]
            row = replace_criteria(name, document, store=store, dry_run=dry_run)
    if common.as_json:
        show_json(row | {"dry_run": dry_run})
        return
    title = f"criteria set {row['id']}: {row['name']}{' would change' if dry_run else ''}"
    cells = ([each["field"], _word(each["from"]), _word(each["to"])] for each in row["changes"])
    if row["changes"]:
        show_table(title, ("field", "from", "to"), rows=cells)
    else:
        show_text(f"{title}: nothing changed")
    for note in row["notes"]:
        show_text(f"note: {note}")


def criteria_copy(name: SetName, common: Common, *, fields: Fields = None, dry_run: DryRun = False) -> None:
    """Copy a set of criteria; fields that are given differ in the copy."""
    with common.store() as store:
        row = copy_criteria(name, _assignments(fields or []), store=store, dry_run=dry_run)
    _show_made(f"{'would have ' if dry_run else ''}copied to", row, common=common, dry_run=dry_run)


def criteria_delete(name: SetName, common: Common, *, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Delete a set of criteria that no profile grades by; verdicts keep what they say."""
    with common.store() as store:
        row = delete_criteria(name, store=store, dry_run=True)
        if not (yes or dry_run):
            rows = {"row of it" if len(row["rows"]) == 1 else "rows of it": len(row["rows"])}
            ask_before_deleting(
                Deletion(kind="criteria set", id=row["id"], name=row["name"], goes=rows, stays={}), common
            )
        if not dry_run:
            delete_criteria(name, store=store)
    _show_made("would have deleted" if dry_run else "deleted", row, common=common, dry_run=dry_run)


def _begun(origin: From) -> Document:
    """Return the document that fields are then applied to."""
    if origin.file and origin.default:
        raise typer.BadParameter("give --file or --default, not both", param_hint="--file")
    if origin.file:
        return read_set_file(origin.file)
    return default_document(DEFAULT_NAME) if origin.default else {"rows": {}}


def _assignments(fields: Sequence[str]) -> Sequence[str]:
    for text in fields:
        if not is_assignment(text):
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="KEY=VALUE")
    return fields


def _show_made(done: str, row: Mapping[str, Any], *, common: Common, dry_run: bool) -> None:
    if common.as_json:
        show_json({**row, "dry_run": dry_run})
    else:
        show_text(f"{done} criteria set {row['id']}: {row['name']}")


def _show_set(row: Mapping[str, Any]) -> None:
    what = "built-in criteria set" if row["id"] is None else f"criteria set {row['id']}"
    about = f"{what}: {row['name']}" + (f"\n{row['description']}" if row["description"] else "")
    coverage = row["minimum_coverage"]
    needed = f", ungraded below {coverage:.0%} of the weight" if coverage else ""
    by = f"; graded by it: {', '.join(row['profiles'])}" if row["profiles"] else ""
    show_text(f"{about}\nbands from {_bands(row)}{needed}{by}\n")
    columns = ("metric", "better", "good", "bad", "weight", "deviation", "gate")
    show_table("rows", columns, rows=(_cells(each) for each in row["rows"]))


def _cells(row: Mapping[str, Any]) -> list[object]:
    name = row["metric"] if row["enabled"] else f"{row['metric']} (off)"
    deviation = f"{row['allowed_percent']:g} %" if row["deviation"] else ""
    return [name, row["trend"].partition("_")[0], row["good"], row["bad"], row["weight"], deviation, row["gate"]]


def _bands(row: Mapping[str, Any]) -> str:
    return " ".join(f"{band.upper()} {row[f'threshold_{band}']}" for band in "abcd")


def _metrics(row: Mapping[str, Any]) -> str:
    return ", ".join(each["metric"] for each in row["rows"])


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else "none" if value in (None, "") else value
