"""``tsplug process``: frames through the image pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tsplug.app import frame_headers, system_clock
from tsplug.app_jobs import local_runner
from tsplug.cli.commands import FAILED, command
from tsplug.cli.jobs_shown import name_of, show_job_lines
from tsplug.cli.opening import Common, store_is_missing
from tsplug.cli.output import CommandProgress, FileProgress, complain, counted, show_json, show_text
from tsplug.cli.places import located
from tsplug.cli.processes import usual_processes
from tsplug.cli.working import Limits, Previews, Switches, previews_in, work
from tsplug.model import UNNAMEABLE, JobState
from tsplug.model.jobs import HIGHEST_PRIORITY
from tsplug.ports import Store
from tsplug.services.jobs.listing import Row, count_jobs, count_open, list_some
from tsplug.services.jobs.submitting import OPEN, JobRequest, frames_in, submit
from tsplug.settings import Settings

_MANY = 10_000
# Beyond so many frames they are not worked off by their numbers, which no database takes in any amount.


@dataclass(frozen=True)
class How:
    """When and where."""

    priority: Annotated[
        int | None,
        typer.Option(
            min=-HIGHEST_PRIORITY,
            max=HIGHEST_PRIORITY,
            help="Higher ones go first; by default 0, and 10 for frames that were processed before.",
        ),
    ] = None
    later: Annotated[bool, typer.Option("--later", help="Only put them into the queue, for a worker.")] = False
    processes: Annotated[
        int, typer.Option(min=0, help="How many are worked on beside each other; 0 is one a processor.")
    ] = 0
    previews: Previews = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "process")(process)


def process(
    common: Common,
    switches: Switches,
    *,
    places: Annotated[list[Any], typer.Argument(metavar="FILE|DIR|URL...", parser=located, help="Frames, or folders.")],
    how: How,
    limits: Limits,
) -> None:
    """Put frames through the image pipeline and show what became of each; folders with all below them.

    They go through the queue: interrupted, the rest waits there for `tsplug worker`. Exit status 1 when one failed,
    or still waits.
    """
    with common.store(create=store_is_missing(common)) as store:
        request = JobRequest(
            submitted_by=Settings().user,
            priority=how.priority,
            switched=switches.switched(),
            profile_id=common.chosen_profile(store).id if common.profile else None,
            previews=previews_in(how.previews),
            instead=True,
        )
        found = frames_in(places, frame_headers())
        with store.write() as unit:
            jobs = submit(unit, found.files, request=request, at=system_clock().now())
        ids = tuple(job.id or 0 for job in jobs)
        if not how.later:
            _work_off(store, common, ids=ids, how=how, limits=limits)
        rows = list_some(store, ids) + [_refused(file) for file in found.unnameable]
        others = count_jobs(store)[JobState.PENDING] - sum(row["state"] == JobState.PENDING for row in rows)
    _show(rows, common, later=how.later)
    if others and not common.as_json:
        wait = "waits" if others == 1 else "wait"
        show_text(f"{counted(others, 'other frame')} {wait} in the queue: `tsplug worker` processes what is there")
    if any(row["state"] in _undone(how) for row in rows):
        raise typer.Exit(FAILED)


def _refused(file: str) -> Row:
    """Return a file that got no job as if it had one, which failed."""
    return {"id": None, "file": file, "state": JobState.FAILED, "message": UNNAMEABLE, "modules": []}


def _undone(how: How) -> tuple[JobState, ...]:
    """Return the states that are no success; those that wait are none where the frames were to be worked on now."""
    ended = (JobState.FAILED, JobState.CANCELLED)
    return ended if how.later else (*ended, *OPEN)


def _work_off(store: Store, common: Common, *, ids: tuple[int, ...], how: How, limits: Limits) -> None:
    processes = min(how.processes or usual_processes(), max(1, len(ids)))
    with FileProgress("processing", many=2) as progress:

        def done() -> bool:
            waiting = count_open(store, ids)
            progress(len(ids) - waiting, len(ids))
            return waiting == 0

        try:
            work(store, common, runner=local_runner(processes), limits=limits, only=ids if len(ids) <= _MANY else None)(
                done
            )
        except KeyboardInterrupt:
            CommandProgress().report(
                "interrupted: what is left waits in the queue; `tsplug worker` goes on, `tsplug jobs cancel` drops it"
            )


def _show(rows: list[dict[str, Any]], common: Common, *, later: bool) -> None:
    if common.as_json:
        show_json(rows)
        return
    if later:
        waiting = [row for row in rows if row["id"] is not None]
        show_text(f"{counted(len(waiting), 'frame')} in the queue; `tsplug worker` processes them")
        for row in rows:
            if row["id"] is None:
                complain(f"{name_of(row)}: {row['message']}")
        return
    show_job_lines(rows)
