"""``tsplug images purge``: old records go, after a yes; counters and files stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from tsplug.cli.asking import ask
from tsplug.cli.commands import command
from tsplug.cli.image_filters import day_or_moment
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.services.purging import Purge, Scope, preview_purge, purge_images


@dataclass(frozen=True)
class PurgeOptions:
    """Which records go, and how; --profile narrows to one rig's."""

    older_than: Annotated[
        str, typer.Option(metavar="DATE|TIME", help="Begun before this day at the site; nine months ago if not given.")
    ] = ""
    project: Annotated[str, typer.Option(help="Only of a project: name, id or guid.")] = ""
    target: Annotated[str, typer.Option(help="Only of a target: name, id or guid.")] = ""
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")] = False
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False

    def scope(self, common: Common) -> Scope:
        """Return which records are meant."""
        older_than = day_or_moment(self.older_than, "--older-than")
        return Scope(older_than=older_than, profile=common.profile, project=self.project, target=self.target)


def register_purge(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "purge")(images_purge)


def images_purge(common: Common, how: PurgeOptions) -> None:
    """Remove old records of images, with thumbnails, verdicts and audit trails; says what that costs, and asks."""
    scope, clock = how.scope(common), common.clock()
    with common.store() as store:
        if how.dry_run or not how.yes:
            preview = preview_purge(scope, store, clock=clock)
            _show(preview, common)
            if how.dry_run or not preview.images:
                return
            ask(
                f"Remove {counted(preview.images, 'record')}?",
                otherwise="nothing was removed; --yes removes without asking",
                silent=common.as_json,
            )
        done = purge_images(scope, store, clock=clock)
    if how.yes or common.as_json:
        _show(done, common)
    else:
        show_text(f"removed {counted(done.images, 'record')}")


def _show(purge: Purge, common: Common) -> None:
    if common.as_json:
        show_json(purge)
        return
    verb = "removed" if purge.purged else "would go"
    show_text(f"{counted(purge.images, 'record')} from before {purge.older_than:%Y-%m-%d %H:%M} UTC {verb}")
    if purge.images:
        show_text("counters stay as they are, files too; thumbnails, verdicts and audit trails go with the records")
    if purge.weakened:
        rows = [(each.target, each.template, each.taken, each.before, each.after) for each in purge.weakened]
        title = "populations that keep too few frames to compare new ones with"
        show_table(title, ("target", "template", "taken with", "now", "then"), rows=rows)
    if purge.lost_sessions:
        lost = [
            (each.session_date, each.project, each.target, each.filter, each.lights) for each in purge.lost_sessions
        ]
        show_table(
            "sessions whose flats would be forgotten", ("night", "project", "target", "filter", "lights"), rows=lost
        )
