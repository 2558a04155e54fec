"""``tsplug images reconcile``: lights on disk that no record knows."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from tsplug.app import frame_headers
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.cli.places import located
from tsplug.services.reconciling import Reconciliation, reconcile

_TOLD = 50


def register_reconcile(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "reconcile")(images_reconcile)


def images_reconcile(
    folder: Annotated[
        Any, typer.Argument(metavar="DIR|URL", parser=located, help="Where the frames are; folders below count too.")
    ],
    common: Common,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded, and record nothing.")] = False,
) -> None:
    """Record lights on disk that no record knows, from their headers; --profile says which rig took them.

    Exit status 1 when a file could not be read.
    """
    with common.context() as context:
        found = reconcile(folder, context, headers=frame_headers(), profile=common.profile, dry_run=dry_run)
    if common.as_json:
        show_json(found)
    else:
        _show(found)
    for each in found.bad[:_TOLD]:
        complain(f"{each.file}: {each.reason}")
    if len(found.bad) > _TOLD:
        complain(f"and {len(found.bad) - _TOLD} more files that cannot be recorded; --json lists them all")
    if found.bad:
        raise typer.Exit(FAILED)


def _show(found: Reconciliation) -> None:
    done = "would be recorded" if found.dry_run else "recorded"
    parts = [f"{counted(len(found.recorded), 'light')} {done}", f"{found.known} known already"]
    follow = "would follow" if found.dry_run else "followed"
    parts += [f"{counted(found.moved, 'record')} {follow} to where the frames are now"] if found.moved else []
    parts += [f"{found.purged} purged before and left out"] if found.purged else []
    parts += [f"{number} passed over: {what}" for what, number in sorted(found.others.items())]
    show_text("; ".join(parts))
    linked = Counter((each.target, each.filter, each.plan_id, each.why_not) for each in found.recorded)
    if linked:
        rows = [
            (number, target, filter_name, plan_id or "none", why_not)
            for (target, filter_name, plan_id, why_not), number in linked.items()
        ]
        show_table("lights", ("number", "target", "filter", "plan", "why without a plan"), rows=rows)
