"""``tsplug flats due|plan|history|revoke|coverage``: which sessions need flats, what was taken, and what lacks them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common, parse_day
from tsplug.cli.output import counted, number, show_json, show_table, show_text
from tsplug.flats.rules import RULES
from tsplug.model import FlatInstruction
from tsplug.model.wording import minutes
from tsplug.services.flats_coverage import Reach, coverage_totals, flats_coverage
from tsplug.services.flats_due import flats_due_rows
from tsplug.services.flats_history import flat_history
from tsplug.services.flats_owed import forget_owed, owed
from tsplug.services.flats_plan import plan_run, planned_row
from tsplug.services.flats_revoke import revoke_flats

_MINUTE_S = 60.0


class Owed(StrEnum):
    """What can be owed."""

    PANEL = "panel"
    READOUT_MODE = "readout-mode"


_OLDER_NIGHTS = "no lights in the nights asked for; older ones: tsplug flats coverage --since DATE"
"""What is told instead of nothing: sessions whose flats never came are told for two windows, and then only there."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Flats.", no_args_is_help=True)
    command(group, "due")(due)
    command(group, "plan")(plan)
    command(group, "history")(history)
    command(group, "revoke")(revoke)
    command(group, "coverage")(coverage)
    command(group, "owed")(owed_after_runs)
    app.add_typer(group, name="flats")


def due(common: Common) -> None:
    """Show which light sessions need flats, why or why not, and which expired without."""
    with common.context() as context:
        rows = flats_due_rows(common.chosen_profile(context.store).guid, context)
    if common.as_json:
        show_json(rows)
        return
    columns = ("night", "target", "filter", "gain", "rotation", "due", "on", "expires", "why")
    cells = (
        [
            row["session_date"],
            row["target"],
            row["filter"],
            row["gain"],
            number(row["rotation_deg"], 1),
            "yes" if row["due"] else "no",
            row["due_on"],
            row["expires_on"],
            row["reason"],
        ]
        for row in rows
    )
    show_table(counted(len(rows), "light session"), columns, rows=cells)
    if not rows:
        show_text(_OLDER_NIGHTS)


def plan(
    common: Common,
    *,
    count: Annotated[int | None, typer.Option(min=1, max=1000, help="Frames a set; else the profile's.")] = None,
    repeat: Annotated[
        bool, typer.Option("--repeat", help="A set for each session instead of one for equal ones.")
    ] = False,
    rule: Annotated[list[str] | None, typer.Option(help="Only sessions of this due rule; may be given again.")] = None,
) -> None:
    """Show what a flats run would do now: sets in order with their sessions, time, what is skipped and why."""
    rules = tuple(rule or ())
    for name in rules:
        if name not in RULES:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(RULES)}", param_hint="--rule")
    with common.context() as context:
        guid = common.chosen_profile(context.store).guid
        event = FlatInstruction(profile_guid=guid, count=count, repeat=repeat, dry_run=True)
        row = planned_row(plan_run(event, context, rules=rules)) | {"rules": list(rules)}
    if common.as_json:
        show_json(row)
        return
    _show_plan(row)


def history(common: Common) -> None:
    """Show the flat sets taken, newest first, with the light sessions they serve."""
    with common.context() as context:
        rows = flat_history(context, common.chosen_profile(context.store).guid if common.profile else None)
    if common.as_json:
        show_json(rows)
        return
    _show_sets(counted(len(rows), "flat set"), rows)


def revoke(
    name: Annotated[
        str, typer.Argument(metavar="SET", help="As the history names it, or its guid.", show_default=False)
    ],
    common: Common,
    *,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason; it is kept.")],
) -> None:
    """Declare a flat set unfit: its sessions become due again, its files stay."""
    if not why.strip():
        raise typer.BadParameter("must not be empty", param_hint="--why")
    with common.context() as context:
        profile = common.chosen_profile(context.store) if common.profile else None
        row = revoke_flats(context, name, why=why, profile=profile)
    if common.as_json:
        show_json(row)
        return
    _show_sets(f"flat set {row['key']} revoked, {counted(len(row['sessions']), 'light session')} without flats", [row])


def coverage(
    common: Common,
    *,
    target: Annotated[str, typer.Option(help="Only the lights of this target, all of them.")] = "",
    night: Annotated[str, typer.Option(metavar="DATE", help="Only the lights of this night.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="The lights of all nights from this one on.")] = "",
    missing: Annotated[
        bool, typer.Option("--missing", help="Only lights that lack flats, frames of theirs, a plan, or dark flats.")
    ] = False,
) -> None:
    """Show which lights have flats and dark flats; without a choice, those of the nights that still get flats."""
    if night and since:
        raise typer.BadParameter("give --night or --since, not both", param_hint="--since")
    reach = Reach(target, parse_day(night, "--night"), parse_day(since, "--since"))
    with common.context() as context:
        rows = flats_coverage(common.chosen_profile(context.store), context, reach=reach, on_disk=True)
    shown = [row for row in rows if row["lacks"]] if missing else rows
    if common.as_json:
        show_json(shown)
        return
    if missing and not shown:
        looked = f"of {counted(len(rows), 'light session')}" if rows else "for there are no lights"
        show_text(f"nothing is missing, {looked}; --target, --night and --since choose others")
        return
    _show_coverage(shown)
    if not rows:
        show_text(_OLDER_NIGHTS)
        return
    for by, word in (("target", "target"), ("session_date", "night")):
        totals = coverage_totals(rows, by=by)
        columns = (word, "lights", "with flats", "incomplete", "without", "no plan", "without dark flats")
        show_table(f"by {word}", columns, rows=(list(row.values()) for row in totals))


def _of(rules: Sequence[str]) -> str:
    return f" by {' or '.join(rules)}" if rules else ""


def owed_after_runs(
    common: Common,
    *,
    forget: Annotated[
        list[Owed] | None, typer.Option(help="Forget it: somebody has seen to it, or the device is gone.")
    ] = None,
) -> None:
    """Show what runs that never came to their end left behind, and the next start sees to: lit panel, readout mode."""
    with common.store() as store:
        profile = common.chosen_profile(store)
        rows = forget_owed(store, profile, kinds=forget) if forget else owed(store, profile)
    if common.as_json:
        show_json(rows)
        return
    said = "nothing is owed: panel and readout mode are as they were" if not rows else "owed to the equipment"
    cells = ([row["what"], f"{row['since']:.16}".replace("T", " "), row["then"], row["why"]] for row in rows)
    show_table("forgotten" if forget else said, ("what", "since", "at the next start", "why"), rows=cells)


def _show_plan(row: dict[str, Any]) -> None:
    columns = ("filter", "gain", "rotation", "mode", "panel", "s", "frames", "min", "for the lights of", "note")
    cells = (
        [
            each["filter"],
            each["gain"],
            number(each["rotation_deg"], 1),
            each["readout_mode"],
            each["brightness"],
            each["exposure_s"],
            f"{each['frames']}/{each['wanted']}",
            number(each["estimate_s"] / _MINUTE_S, 1),
            "\n".join(f"{session['target']} {session['session_date']}" for session in each["sessions"]),
            each["note"],
        ]
        for each in row["sets"]
    )
    amount = f"{counted(len(row['sets']), 'flat set')}, {counted(row['frames'], 'frame')}"
    title = f"{amount}, about {minutes(row['estimate_s'])}"
    nothing = "every set that is due is skipped" if row["skipped"] else f"none are due{_of(row['rules'])}"
    show_table(title if row["sets"] else f"no flats would be taken: {nothing}", columns, rows=cells)
    if not (row["sets"] or row["skipped"]):
        show_text("tsplug flats due tells of every light session why, and when it will be")
    if row["skipped"]:
        skipped = ([each["filter"], each["reason"], "\n".join(each["sessions"])] for each in row["skipped"])
        title = f"{counted(len(row['skipped']), 'set')} skipped"
        show_table(title, ("skipped", "why", "for the lights of"), rows=skipped)
    for each in row["expired"]:
        show_text(f"{each['target']} {each['session_date']} {each['filter']}: {each['reason']}")


def _show_sets(title: str, rows: list[dict[str, Any]]) -> None:
    columns = (
        "set",
        "taken",
        "kind",
        "filter",
        "gain",
        "rotation",
        "mode",
        "panel",
        "s",
        "ADU",
        "frames",
        "state",
        "for the lights of",
        "said",
    )
    cells = (
        [
            row["key"],
            _moment(row),
            row["flats_type"],
            row["filter"],
            row["gain"],
            number(row["rotation_deg"], 1),
            row["readout_mode"],
            row["brightness"],
            row["exposure_s"],
            number(row["adu_median"], 0),
            f"{row['on_disk']}/{row['wanted']}" if row["wanted"] else "",
            row["state"],
            "\n".join(f"{session['target']} {session['session_date']}" for session in row["sessions"]),
            "; ".join(filter(None, (row["message"], _lost(row)))),
        ]
        for row in rows
    )
    show_table(title, columns, rows=cells)


def _moment(row: dict[str, Any]) -> str:
    """Return when the frames of a set were begun, in UTC, or when flats were taken of which nothing else is known."""
    return f"{row['started'] or row['taken_at']:.16}".replace("T", " ")


def _lost(row: dict[str, Any]) -> str:
    gone = row["recorded"] - row["on_disk"]
    return f"{gone} of {counted(row['recorded'], 'frame')} not on disk" if gone else ""


def _there(on_disk: int, recorded: int) -> str:
    return str(recorded) if on_disk == recorded else f"{on_disk}/{recorded}"


def _show_coverage(rows: list[dict[str, Any]]) -> None:
    columns = (
        "night",
        "target",
        "filter",
        "gain",
        "rotation",
        "lights",
        "flats",
        "dark flats",
        "set",
        "state",
        "remark",
    )
    cells = (
        [
            row["session_date"],
            row["target"],
            row["filter"],
            row["gain"],
            number(row["rotation_deg"], 1),
            row["lights"],
            _there(row["on_disk"], row["flats"]),
            _there(row["dark_flats_on_disk"], row["dark_flats"]),
            row["set"],
            row["state"],
            "; ".join(filter(None, ("no dark flats" if row["lacks"] == "dark flats" else "", row["warning"]))),
        ]
        for row in rows
    )
    show_table(counted(len(rows), "light session"), columns, rows=cells)
