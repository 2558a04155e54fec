"""``tsplug night``: the night ahead, the choice of this moment, and the nights to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import typer

from tsplug.cli.commands import command
from tsplug.cli.night_preview import register_preview
from tsplug.cli.night_season import register_season
from tsplug.cli.opening import Common
from tsplug.cli.output import show_json, show_table, show_text
from tsplug.model import Decision, DecisionRequest, Rejection, RuleShare, TakeExposure, TargetScore, WaitUntil
from tsplug.model.clock import clock_words, zone_words

_TO_THE_MINUTE = "%Y-%m-%d %H:%M"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Planning.", no_args_is_help=True)
    register_preview(group)
    command(group, "now")(night_now)
    register_season(group)
    app.add_typer(group, name="night")


def night_now(common: Common) -> None:
    """Show what would be imaged now, the score of each target by rule, and why everything else would not."""
    # Imported here: astronomy is slow to import, and no other command needs it.
    from tsplug.services.deciding import look_ahead
    from tsplug.services.rigs import load_rig

    with common.context() as context:
        request = DecisionRequest(profile_guid=common.chosen_profile(context.store).guid)
        decision = look_ahead(request, context)
        with context.store.read() as unit:
            zone = load_rig(unit, request.profile_guid).site.time_zone
    if common.as_json:
        show_json(decision)
        return
    show_text(_sentence(decision, zone))
    for note in decision.notes:
        show_text(f"note: {note}")
    if isinstance(decision, TakeExposure):
        _show_scores(decision.scores)
    refused = [each for each in decision.rejected if each.rule != "lower score"]
    if refused:
        columns = ("target", "plan", "rule", "why", "again at")
        show_table(f"not now (again at: {zone_words(zone)})", columns, rows=[_row(each, zone) for each in refused])


def _sentence(decision: Decision, zone: str) -> str:
    if isinstance(decision, TakeExposure):
        until = clock_words(decision.until, zone, shown=_TO_THE_MINUTE)
        project = f"project {decision.project_name}"
        return f"now: {decision.target_name} in {decision.filter_name} ({project}), possible until {until}"
    if isinstance(decision, WaitUntil):
        until = clock_words(decision.until, zone, shown=_TO_THE_MINUTE)
        return f"wait until {until} for {decision.target_name}: {decision.reason}"
    return f"nothing left in this night: {decision.reason}"


def _show_scores(scores: Iterable[TargetScore]) -> None:
    """Print a row for each target that could be imaged, best first, and a column for each rule that counts."""
    rows = [(each, {share.rule: share for share in each.shares}) for each in scores]
    rules = sorted({rule for _, shares in rows for rule in shares})
    cells = [
        [each.target_name, f"{each.score:.4f}", *(_share(shares, rule) for rule in rules)] for each, shares in rows
    ]
    show_table("scores: value x weight of each rule", ("target", "score", *rules), rows=cells)


def _share(shares: Mapping[str, RuleShare], rule: str) -> str:
    share = shares.get(rule)
    return "" if share is None else f"{share.value:.3f} x {share.weight:g}"


def _row(each: Rejection, zone: str) -> list[object]:
    again = each.again_at and _clock(each.again_at, zone)
    return [each.target_name, each.plan, each.rule, each.detail, again]


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):{_TO_THE_MINUTE}}"
