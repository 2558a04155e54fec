"""``tsplug night now``: what would be imaged now, and why everything else would not."""

from __future__ import annotations

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import show_json, show_table, show_text
from tsplug.model import Decision, DecisionRequest, TakeExposure, WaitUntil


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Planning.", no_args_is_help=True)
    command(group, "now")(night_now)
    app.add_typer(group, name="night")


def night_now(common: Common) -> None:
    """Show what would be imaged now, and why everything else would not."""
    # Imported here: astronomy is slow to import, and no other command needs it.
    from tsplug.services.deciding import look_ahead

    with common.context() as context:
        request = DecisionRequest(profile_guid=common.chosen_profile(context.store).guid)
        decision = look_ahead(request, context)
    if common.as_json:
        show_json(decision)
        return
    show_text(_sentence(decision))
    if decision.rejected:
        columns = ("target", "plan", "rule", "why", "again at")
        cells = (
            [
                each.target_name,
                each.plan,
                each.rule,
                each.detail,
                each.again_at and f"{each.again_at:%Y-%m-%d %H:%M} UTC",
            ]
            for each in decision.rejected
        )
        show_table("not now", columns, rows=cells)


def _sentence(decision: Decision) -> str:
    if isinstance(decision, TakeExposure):
        return f"now: {decision.target_name} in {decision.filter_name} (project {decision.project_name})"
    if isinstance(decision, WaitUntil):
        return f"wait until {decision.until:%Y-%m-%d %H:%M} UTC for {decision.target_name}: {decision.reason}"
    return f"nothing left in this night: {decision.reason}"
