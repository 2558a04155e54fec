"""``tsplug worker``: works off the queue of the image pipeline."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import frame_files, system_clock
from tsplug.app_jobs import dask_runner, list_folder, local_runner
from tsplug.cli.commands import command
from tsplug.cli.opening import Common, store_is_missing
from tsplug.cli.output import CommandProgress, show_json, show_text
from tsplug.cli.places import place
from tsplug.cli.processes import usual_processes
from tsplug.cli.working import Limits, Previews, previews_in, work
from tsplug.errors import InputError
from tsplug.ports import Runner
from tsplug.services.jobs.listing import count_jobs
from tsplug.services.jobs.submitting import OPEN
from tsplug.services.jobs.watched_folders import Lookout, Watched, WatchedFolders


class RunnerKind(StrEnum):
    """What runs jobs."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True)
class Runners:
    """Where frames are worked on."""

    runner: Annotated[RunnerKind, typer.Option(help="Processes of this machine, or the workers of a Dask cluster.")] = (
        RunnerKind.LOCAL
    )
    scheduler: Annotated[str, typer.Option(metavar="ADDRESS", help="Of Dask, such as tcp://192.168.1.5:8786.")] = ""
    processes: Annotated[
        int, typer.Option(min=0, help="How many frames are worked on beside each other; 0 is one a processor.")
    ] = 0

    def made(self) -> Runner:
        """Return the runner.

        Raises:
            typer.BadParameter: Dask without a scheduler, or the other way round.
            InputError: no scheduler answers.
        """
        if (self.runner is RunnerKind.DASK) != bool(self.scheduler):
            raise typer.BadParameter("--runner dask and --scheduler ADDRESS go together", param_hint="--runner")
        return dask_runner(self.scheduler) if self.scheduler else local_runner(self.processes or usual_processes())


@dataclass(frozen=True)
class Watching:
    """Which folders are watched, and where pictures of their frames go."""

    watch: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", parser=place, help="A folder whose new frames are processed; may be given again."),
    ] = None
    previews: Previews = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "worker")(worker)


def worker(
    common: Common,
    limits: Limits,
    *,
    runners: Runners,
    watching: Watching,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when the queue is empty.")] = False,
) -> None:
    """Work off the queue until it is stopped: Ctrl-C or SIGTERM gives back what is begun.

    Any number of workers share a queue, on one machine or on several.
    """
    folders = watching.watch or []
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"{folder} is no folder to watch")
    # A worker that is to wait for frames may be started before there are any.
    with common.store(create=bool(folders or not until_idle) and store_is_missing(common)) as store:
        rig = common.chosen_profile(store).id if common.profile else None
        pictures = previews_in(watching.previews)
        looked_at = Watched(folders, list_folder, frame_files().status, profile_id=rig, previews=pictures)
        lookout = Lookout(WatchedFolders(store, system_clock(), watched=looked_at, progress=CommandProgress()))

        def is_done() -> bool:
            looked = not folders or lookout.look()
            return until_idle and looked and not any(count_jobs(store)[state] for state in OPEN)

        run = work(store, common, runner=runners.made(), limits=limits)
        CommandProgress().report("waiting for jobs; Ctrl-C ends it")
        with closing(lookout):
            try:
                run(is_done)
            except KeyboardInterrupt:
                CommandProgress().report("stopped; what was begun is back in the queue")
        counts = count_jobs(store)
    if common.as_json:
        show_json(counts)
    else:
        show_text(", ".join(f"{number} {state}" for state, number in counts.items()))
