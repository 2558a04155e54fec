"""``tsplug worker``: works off the queue of the image pipeline."""

from __future__ import annotations

from typing import Annotated

import typer

from tsplug.app import local_runner
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import CommandProgress, show_json, show_text
from tsplug.cli.working import Limits, usual_processes, work
from tsplug.services.jobs.listing import count_jobs
from tsplug.services.jobs.submitting import OPEN


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "worker")(worker)


def worker(
    common: Common,
    limits: Limits,
    *,
    processes: Annotated[
        int, typer.Option(min=0, help="How many frames are worked on beside each other; 0 is one a processor.")
    ] = 0,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when the queue is empty.")] = False,
) -> None:
    """Work off the queue until it is stopped: Ctrl-C or SIGTERM gives back what is begun.

    Any number of workers share a queue, on one machine or on several.
    """
    with common.store() as store:
        run = work(store, common, runner=local_runner(processes or usual_processes()), limits=limits)
        CommandProgress().report("waiting for jobs; Ctrl-C ends it")
        try:
            run(lambda: until_idle and not any(count_jobs(store)[state] for state in OPEN))
        except KeyboardInterrupt:
            CommandProgress().report("stopped; what was begun is back in the queue")
        counts = count_jobs(store)
    if common.as_json:
        show_json(counts)
    else:
        show_text(", ".join(f"{number} {state}" for state, number in counts.items()))
