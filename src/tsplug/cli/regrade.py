"""``tsplug regrade``: judge stored images anew, by the rigs' criteria or by others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer

from tsplug.app_regrade import deciding_processes
from tsplug.cli.catalogue_edit import DryRun
from tsplug.cli.commands import FAILED, command
from tsplug.cli.criteria_sets import chosen_criteria, reading
from tsplug.cli.opening import Common, check_year, parse_moment
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.cli.processes import usual_processes
from tsplug.errors import InputError
from tsplug.hookspecs import other_graders, plugin_manager
from tsplug.ports import Store
from tsplug.services.regrade_deciding import Decide
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import RegradeReport, regrade

_SHOWN = 100
"""So many changes are shown; JSON has all of them."""


@dataclass(frozen=True)
class Which:
    """Which images are regraded."""

    target: Annotated[str, typer.Option(help="Those of this target: name, id or guid.")] = ""
    everything: Annotated[bool, typer.Option("--all", help="Those of all targets.")] = False
    first: Annotated[str, typer.Option("--from", metavar="DATE|TIME", help="Nights from this date, or times.")] = ""
    last: Annotated[str, typer.Option("--to", metavar="DATE|TIME", help="Nights to this date, or times before.")] = ""


@dataclass(frozen=True)
class How:
    """How images are regraded."""

    set_name: Annotated[
        str, typer.Option("--set", metavar="NAME|SET.yaml", help="Criteria instead of those of the rigs.")
    ] = ""
    include_manual: Annotated[
        bool, typer.Option("--include-manual", help="Also those whose status was given by hand.")
    ] = False
    keep_statistics: Annotated[
        bool, typer.Option("--keep-statistics", help="Do not compare anew what was compared with its peers before.")
    ] = False
    processes: Annotated[
        int, typer.Option(min=0, help="How many judge beside each other where there is much; 0 is one a processor.")
    ] = 0


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "regrade")(regrade_images)


def regrade_images(common: Common, which: Which, *, how: How, dry_run: DryRun = False) -> None:
    """Judge stored images anew: one of --target, --profile and --all; an interrupted run goes on where it stopped."""
    if not (which.target or common.profile or which.everything):
        raise typer.BadParameter("give --target, --profile or --all", param_hint="--target")
    others = other_graders(plugin_manager())
    criteria = None
    if how.set_name:
        with reading(common, how.set_name) as unit:
            criteria = chosen_criteria(how.set_name, unit)
    request = RegradeRequest(
        target=which.target,
        profile=common.profile,
        everything=which.everything,
        first=parse_bound(which.first, "--from"),
        last=parse_bound(which.last, "--to"),
        criteria=criteria,
        include_manual=how.include_manual,
        keep_statistics=how.keep_statistics,
        leave_pending=bool(others),
        dry_run=dry_run,
    )
    with common.context() as context:
        report = regrade(request, context, decide=deciding(common, context.store, processes=how.processes))
    if common.as_json:
        show_json(asdict(report))
    else:
        show_report(report)
        show_left_pending(others)
    end_with(report)


def end_with(*reports: RegradeReport) -> None:
    """Tell on standard error which files could not follow the status of their images; exit status 1 then.

    Raises:
        typer.Exit: there are some.
    """
    problems = [problem for report in reports for problem in report.warnings]
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(FAILED)


def deciding(common: Common, store: Store, *, processes: int = 0) -> Decide | None:
    """Return what judges in so many processes, 0 as many as are usual; None where no other process finds the store."""
    try:
        url = common.store_url()
    except InputError:
        return None
    return deciding_processes(store, url, processes=processes or usual_processes())


def parse_bound(text: str, option: str) -> date | datetime | None:
    """Return a night by its date, or a moment.

    Raises:
        typer.BadParameter: it is neither.
    """
    if not text:
        return None
    try:
        night = date.fromisoformat(text)
    except ValueError:
        return parse_moment(text, option, or_day=True)
    check_year(night, text, option=option)
    return night


def show_report(report: RegradeReport) -> None:
    """Print what a run changed, or would change."""
    title = f"{counted(report.updated, 'image')} {'would change' if report.dry_run else 'changed'}"
    if report.changes:
        columns = ("image", "target", "filter", "status", "score", "band", "why")
        show_table(title, columns, rows=(_cells(each) for each in report.changes[:_SHOWN]))
        if len(report.changes) > _SHOWN:
            show_text(f"... and {len(report.changes) - _SHOWN} more, which --json lists")
    if report.resumed:
        show_text("went on with a run that was interrupted; the numbers are those of the whole run")
    targets = f"completed {counted(report.targets_completed, 'target')}, reopened {report.targets_reopened}"
    plans = f"completed {counted(report.plans_completed, 'plan')}, reopened {report.plans_reopened}"
    counts = f"processed {report.processed}, updated {report.updated}, skipped {report.skipped_manual} given by hand"
    show_text(f"{counts}; {targets}; {plans}")
    for words, names in (("complete", report.completed), ("open again", report.reopened)):
        if names:
            show_text(f"{'would be ' if report.dry_run else ''}{words}: {', '.join(names)}")
    for each in report.left_alone:
        show_text(f"project {each['project']!r} is left alone: {each['why']}")


def show_left_pending(others: Sequence[str]) -> None:
    """Say who else grades, where somebody does, so that pending images are left to all graders together."""
    if others:
        show_text(f"pending images are left to tsplug grade run, which asks {', '.join(others)} too")


def show_bands(bands: Mapping[str, Mapping[str, int]]) -> None:
    """Print how many images have each band before and after."""
    names: Sequence[str] = ("A", "B", "C", "D", "E", "ungraded")
    rows = [[name, bands["before"].get(name, 0), bands["after"].get(name, 0)] for name in names]
    show_table("bands", ("band", "before", "after"), rows=rows)


def _cells(change: Mapping[str, Any]) -> list[object]:
    return [
        change["image"],
        change["target"],
        change["filter"],
        _arrow(change["from"], change["to"]),
        _arrow(_points(change["from_score"]), _points(change["score"])),
        _arrow(change["from_band"] or "-", change["band"] or "-"),
        change["reason"],
    ]


def _points(score: float | None) -> str:
    return "-" if score is None else f"{score:.0f}"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} -> {after}"
