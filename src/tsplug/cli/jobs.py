"""``tsplug jobs``: the queue of the image pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

import typer

from tsplug.app import system_clock
from tsplug.cli.commands import FAILED, command
from tsplug.cli.jobs_shown import name_of, show_ends, show_job, told_modules
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.model import Job, JobState
from tsplug.model.jobs import HIGHEST_PRIORITY
from tsplug.ports import JobQuery
from tsplug.services.jobs.listing import Row, count_jobs, job_details, list_jobs
from tsplug.services.jobs.orders import cancel_jobs, failed_jobs, retry_jobs, waiting_jobs
from tsplug.services.jobs.watching import watch_jobs
from tsplug.settings import Settings

_COLUMNS = ("id", "frame", "state", "priority", "attempts", "modules", "message")
_IDS = typer.Argument(metavar="ID...", help="Numbers of jobs, as `jobs list` shows them.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The queue of the image pipeline.", no_args_is_help=True)
    command(group, "list")(jobs_list)
    command(group, "show")(jobs_show)
    command(group, "watch")(jobs_watch)
    command(group, "retry")(jobs_retry)
    command(group, "cancel")(jobs_cancel)
    app.add_typer(group, name="jobs")


def jobs_list(
    common: Common,
    *,
    state: Annotated[list[JobState] | None, typer.Option(help="Only jobs of a state; may be given again.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many of the newest; 0 is all.")] = 50,
) -> None:
    """List jobs, the newest first."""
    with common.store() as store:
        rows = list_jobs(store, JobQuery(states=tuple(state) if state else None, limit=limit or None))
        there = sum(number for each, number in count_jobs(store).items() if not state or each in state)
    if common.as_json:
        show_json(rows)
        return
    title = counted(there, "job") if len(rows) >= there else f"the newest {len(rows)} of {counted(there, 'job')}"
    show_table(title, _COLUMNS, rows=[_cells(row) for row in rows])


def jobs_show(
    common: Common, *, job: Annotated[int, typer.Argument(metavar="ID", help="The number of a job.")]
) -> None:
    """Show one job with its modules."""
    with common.store() as store:
        row = job_details(store, job)
    if common.as_json:
        show_json(row)
        return
    show_job(f"job {row['id']}", row)


def jobs_watch(
    common: Common,
    *,
    jobs: Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Jobs; all by default.")] = None,
) -> None:
    """Show how far jobs come, a line at each change, until they have ended; without any, until the queue is empty.

    Exit status 1 when one of them failed or was cancelled.
    """
    with common.store() as store:
        rows: dict[int, Row] = {}
        for row in watch_jobs(store, system_clock(), ids=tuple(jobs) if jobs else None):
            rows[row["id"]] = row
            if not common.as_json:
                show_text(f"{row['id']:>6}  {row['state']:<9}  {name_of(row)}  {told_modules(row)}".rstrip())
    if common.as_json:
        show_json(list(rows.values()))
    else:
        show_ends(list(rows.values()))
    if any(row["state"] in (JobState.FAILED, JobState.CANCELLED) for row in rows.values()):
        raise typer.Exit(FAILED)


def jobs_retry(
    common: Common,
    *,
    jobs: Annotated[list[int] | None, _IDS] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="All that failed, unless the frame has a later job.")
    ] = False,
    priority: Annotated[
        int | None, typer.Option(min=-HIGHEST_PRIORITY, max=HIGHEST_PRIORITY, help="By default 10: ahead of new ones.")
    ] = None,
) -> None:
    """Put jobs that have ended back into the queue, ahead of new ones."""
    if bool(jobs) == failed:
        raise typer.BadParameter("give jobs, or --failed for all that failed", param_hint="ID")
    with common.store() as store:
        ids = failed_jobs(store) if failed else list(dict.fromkeys(jobs or ()))
        _show_changed(
            retry_jobs(store, ids, priority=priority, at=system_clock().now()), common, what="back in the queue"
        )


def jobs_cancel(
    common: Common,
    *,
    jobs: Annotated[list[int] | None, _IDS] = None,
    pending: Annotated[bool, typer.Option("--pending", help="All that wait and that you may cancel.")] = False,
) -> None:
    """Cancel jobs that wait or run; who put them into the queue may, and administrators.

    A job that runs ends within seconds, when its worker looks. What its modules have done by then stays. Exit status 1
    when one of those named had ended already; the others are cancelled.
    """
    if bool(jobs) == pending:
        raise typer.BadParameter("give jobs, or --pending for all that wait", param_hint="ID")
    settings = Settings()
    who: _Who = {
        "user": settings.user,
        "administrators": [name.strip() for name in settings.administrators.split(",") if name.strip()],
    }
    with common.store() as store:
        ids = waiting_jobs(store, **who) if pending else list(dict.fromkeys(jobs or ()))
        done = cancel_jobs(store, ids, at=system_clock().now(), **who)
    _show_changed(done.jobs, common, what="cancelled or asked to stop", ended=() if pending else done.ended)
    if done.ended and not pending:
        raise typer.Exit(FAILED)


class _Who(TypedDict):
    user: str
    administrators: list[str]


def _show_changed(jobs: Sequence[Job], common: Common, *, what: str, ended: Sequence[Job] = ()) -> None:
    if common.as_json:
        show_json([{"id": job.id, "file": job.file, "state": job.state} for job in (*jobs, *ended)])
        return
    for job in ended:
        complain(f"job {job.id} has ended already and cannot be cancelled: it is {job.state}")
    show_text(f"{counted(len(jobs), 'job')} {what}")


def _cells(row: Row) -> list[object]:
    shown = (row["id"], name_of(row), row["state"], row["priority"], row["attempts"])
    return [*shown, told_modules(row), row["message"]]
