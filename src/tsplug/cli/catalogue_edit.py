"""``tsplug site|profile|project|target|template|plan add|edit|copy|reset|delete``: keep the catalogue."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from tsplug.app import pipeline_modules
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, horizon_words, show_json, show_table, show_text
from tsplug.model import Priority
from tsplug.services.catalogue_add import add_record
from tsplug.services.catalogue_copy import copy_record
from tsplug.services.catalogue_delete import Deletion, delete_record, preview_deletion
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.catalogue_fields import is_assignment
from tsplug.services.catalogue_reset import reset_completion

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Fields = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE...", help="Fields, as `show` names them; units may be left out.", show_default=False
    ),
]
_RESETS = ("project", "target", "plan")


def register_changes(group: typer.Typer, kind: str) -> None:
    """Add the commands that change records of a kind."""
    _register_add(group, kind)
    _register_edit(group, kind)
    _register_copy(group, kind)
    if kind in _RESETS:
        _register_reset(group, kind)
    _register_delete(group, kind)


def _register_add(group: typer.Typer, kind: str) -> None:
    def add(common: Common, *, fields: Any = None, dry_run: DryRun = False) -> None:
        first, *rest = fields or [""]
        named = bool(first) and not is_assignment(first)
        given = _checked(rest if named else fields or (), name=first, kind=kind)
        request = Request(kind, first if named else "", given, common.profile, _modules(given))
        with common.store(create=not dry_run) as store:
            row = add_record(request, store, clock=common.clock(), dry_run=dry_run)
        _show_made("added", row, common=common, kind=kind, dry_run=dry_run)

    name = "TARGET/TEMPLATE" if kind == "plan" else "NAME"
    add.__doc__ = f"Add a {kind}: its {name.lower()} and its fields; what is left out has its default."
    help_text = f"The {kind}'s {name}, then its fields; units may be left out."
    add.__annotations__["fields"] = Annotated[
        list[str] | None, typer.Argument(metavar=f"{name} KEY=VALUE...", help=help_text, show_default=False)
    ]
    command(group, "add")(add)


def _register_edit(group: typer.Typer, kind: str) -> None:
    def edit(name: str, common: Common, *, fields: Fields = None, dry_run: DryRun = False) -> None:
        given = _checked(fields, name=name, kind=kind)
        request = Request(kind, name, given, common.profile, _modules(given))
        with common.store() as store:
            row = edit_record(request, store, clock=common.clock(), dry_run=dry_run)
        if common.as_json:
            show_json(row | {"dry_run": dry_run})
            return
        _show_changes(row, title=f"{kind} {_title(row)}{' would change' if dry_run else ''}")

    edit.__doc__ = f"Change fields of a {kind}."
    _name_argument(edit, kind)
    command(group, "edit")(edit)


def _checked(fields: Sequence[str] | None, *, name: str, kind: str) -> Sequence[str]:
    """Return the fields if all have the form of some.

    Raises:
        typer.BadParameter: one has not, or there are none where some are needed.
    """
    if fields is None:
        lost = f": give {kind.upper()} before {name!r}" if is_assignment(name) else ""
        raise typer.BadParameter(f"nothing to change{lost}", param_hint="KEY=VALUE")
    for text in fields:
        if not is_assignment(text):
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="KEY=VALUE")
    return fields


def _modules(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the pipeline's modules where one is spoken of: those of others take time to load."""
    spoken = any(text.lstrip().startswith("pipeline") for text in fields)
    return tuple(module.name for module in pipeline_modules()) if spoken else ()


def _register_copy(group: typer.Typer, kind: str) -> None:
    def copy(name: str, common: Common, *, fields: Fields = None, dry_run: DryRun = False) -> None:
        given = _checked(fields or (), name=name, kind=kind)
        request = Request(kind, name, given, common.profile, _modules(given))
        with common.store() as store:
            row = copy_record(request, store, clock=common.clock(), dry_run=dry_run)
        _show_made("copied to", row, common=common, kind=kind, dry_run=dry_run)

    copy.__doc__ = f"Copy a {kind}; fields that are given differ in the copy, parents put it elsewhere."
    _name_argument(copy, kind)
    command(group, "copy")(copy)


def _register_reset(group: typer.Typer, kind: str) -> None:
    def reset(name: str, common: Common, *, dry_run: DryRun = False) -> None:
        with common.store() as store:
            request = Request(kind, name, profile=common.profile)
            rows = reset_completion(request, store, clock=common.clock(), dry_run=dry_run)
        if common.as_json:
            show_json(rows)
            return
        columns = ("id", "target", "template", "acquired", "accepted", "desired")
        cells = (
            [row["id"], row["target"], row["template"], _was(row, "acquired"), _was(row, "accepted"), row["desired"]]
            for row in rows
        )
        show_table(f"{counted(len(rows), 'plan')} {'would be ' if dry_run else ''}reset", columns, rows=cells)

    reset.__doc__ = f"Set what the plans of a {kind} have acquired and accepted to zero; images stay."
    if kind == "plan":
        reset.__doc__ = "Set what a plan has acquired and accepted to zero; images stay."
    _name_argument(reset, kind)
    command(group, "reset")(reset)


def _register_delete(group: typer.Typer, kind: str) -> None:
    def delete(name: str, common: Common, *, yes: Yes = False, dry_run: DryRun = False) -> None:
        request = Request(kind, name, profile=common.profile)
        with common.store() as store:
            if dry_run or not yes:
                preview = preview_deletion(request, store)
                _show_deletion(preview, common=common)
                if dry_run:
                    return
                ask_before_deleting(preview, common)
            done = delete_record(request, store)
        if common.as_json:
            show_json(done)
            return
        if yes:
            _show_deletion(done, common=common)
        show_text(f"deleted {kind} {done.id}: {done.name}")

    delete.__doc__ = f"Delete a {kind} with what hangs on it; says what goes and what stays, and asks."
    _name_argument(delete, kind)
    command(group, "delete")(delete)


def ask_before_deleting(preview: Deletion, common: Common) -> None:
    """Ask whether to delete; without a yes nothing is.

    Raises:
        typer.Exit: the answer was no, or nobody can be asked.
    """
    question = f"Delete {preview.kind} {preview.id}: {preview.name}?"
    if common.as_json:
        answer = False
    else:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        typed = sys.stdin.readline()
        sys.stderr.write("" if typed else "\n")
        answer = typed.strip().lower() in ("y", "yes")
    if not answer:
        complain(f"nothing was deleted: {preview.kind} {preview.name!r} stays; --yes deletes without asking")
        raise typer.Exit(FAILED)


def _name_argument(function: Any, kind: str) -> None:
    # The metavar depends on the kind, which a postponed annotation cannot see.
    help_text = "Id, guid or TARGET/TEMPLATE." if kind == "plan" else "Name, id or guid."
    function.__annotations__["name"] = Annotated[
        str, typer.Argument(metavar=kind.upper(), help=help_text, show_default=False)
    ]


def _show_made(done: str, row: dict[str, Any], *, common: Common, kind: str, dry_run: bool) -> None:
    if common.as_json:
        show_json(row | {"dry_run": dry_run})
        return
    show_text(f"{'would have ' if dry_run else ''}{done} {kind} {_title(row)}")
    _show_notes(row)


def _show_changes(row: dict[str, Any], *, title: str) -> None:
    changes = row["changes"]
    if changes:
        cells = ([each["field"], *(_shown(each[end], each["field"]) for end in ("from", "to"))] for each in changes)
        show_table(title, ("field", "from", "to"), rows=cells)
    else:
        show_text(f"{title}: nothing changed")
    _show_notes(row)


def _shown(value: Any, field: str) -> object:
    if value is None or value in ("", [], {}):
        return "none"
    if field == "priority":
        return Priority(value).name.lower()
    if field == "horizon":
        return horizon_words(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _show_notes(row: dict[str, Any]) -> None:
    for note in row["notes"]:
        show_text(f"note: {note}")


def _show_deletion(deletion: Deletion, *, common: Common) -> None:
    if common.as_json:
        if not deletion.deleted:
            show_json(deletion)
        return
    rows = [["goes", number, words] for words, number in deletion.goes.items()]
    rows += [["stays", number, words] for words, number in deletion.stays.items()]
    show_table(f"{deletion.kind} {deletion.id}: {deletion.name}", ("", "number", "what"), rows=rows)
    for note in deletion.notes:
        show_text(f"note: {note}")


def _title(row: dict[str, Any]) -> str:
    name = row["name"] if "name" in row else f"{row['target']}/{row['template']}"
    return f"{row['id']}: {name}"


def _was(row: dict[str, Any], counter: str) -> str:
    return f"{row['was'][counter]} -> {row[counter]}"
