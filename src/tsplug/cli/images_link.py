"""``tsplug images link``: records without a plan begin to count for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.services.image_linking import Link, LinkOutcome, LinkRefusal, link_fitting, link_images

_TOLD = 20


@dataclass(frozen=True)
class LinkOptions:
    """Which plan images are linked to, and how they are chosen; --profile says which rig took those of no known one."""

    plan: Annotated[str, typer.Option(help="The plan: TARGET/TEMPLATE, id or guid.")]
    fitting: Annotated[
        bool, typer.Option("--fitting", help="All without a plan whose target, filter and settings are the plan's.")
    ] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be linked, and change nothing.")] = False


def register_link(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "link")(images_link)


def images_link(
    common: Common,
    how: LinkOptions,
    *,
    images: Annotated[list[str] | None, typer.Argument(metavar="[IMAGE...]", help="Ids or guids.")] = None,
) -> None:
    """Let images that were recorded without a plan, or whose plan is gone, count for a plan and be graded with it."""
    if bool(images) == how.fitting:
        raise typer.BadParameter("give ids, or --fitting, one of them", param_hint="IMAGE...")
    wanted = Link(plan=how.plan, profile=common.profile, dry_run=how.dry_run)
    with common.store() as store:
        if images:
            outcome = link_images(images, wanted, store=store, clock=common.clock())
        else:
            outcome = link_fitting(wanted, store=store, clock=common.clock())
    if common.as_json:
        show_json(outcome)
    else:
        _show(outcome)
    if outcome.refused and (images or not outcome.linked):
        _complain_of(outcome.refused)
        raise typer.Exit(FAILED)


def _show(outcome: LinkOutcome) -> None:
    done = "would count" if outcome.dry_run else "counts" if len(outcome.linked) == 1 else "count"
    parts = [f"{counted(len(outcome.linked), 'image')} {done} for plan {outcome.plan}"]
    if outcome.unchanged:
        parts.append(f"{outcome.unchanged} did already")
    if outcome.refused:
        parts.append(f"{len(outcome.refused)} refused")
    show_text("; ".join(parts))
    if outcome.linked:
        verb = "would have" if outcome.dry_run else "has"
        show_text(f"it {verb} {outcome.acquired} acquired, {outcome.accepted} accepted")
    if any(each.to_status == "pending" for each in outcome.linked) and not outcome.dry_run:
        show_text(f"`tsplug grade run --plan {outcome.plan_id}` grades what is pending")
    if outcome.refused:
        rows = [(each.image_id, each.code.value, each.reason) for each in outcome.refused[:_TOLD]]
        more = f", the first {_TOLD}" if len(outcome.refused) > _TOLD else ""
        show_table(f"refused{more}", ("image", "code", "why"), rows=rows)


def _complain_of(refused: tuple[LinkRefusal, ...]) -> None:
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    complain(f"image {refused[0].image_id} is not linked: {refused[0].reason}{more}")
