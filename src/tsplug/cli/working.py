"""What commands need that work off the queue: processes, leases, and an end when somebody wants one."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from tsplug.app import system_clock
from tsplug.app_jobs import sweep_buffers
from tsplug.cli.opening import Common
from tsplug.cli.output import CommandProgress
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.ports import Runner, Store
from tsplug.services.jobs.patient_sweep import PatientSweep
from tsplug.services.jobs.queue import Lessee
from tsplug.services.jobs.working import Worker, WorkerSettings
from tsplug.settings import Settings


@dataclass(frozen=True)
class Limits:
    """How long things may take."""

    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="How long a module may take, beside solver programs.")
    ] = 300
    lease: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=1, help="After how long a worker counts as dead that is not heard of."),
    ] = 60


Previews = Annotated[
    Path | None,
    typer.Option(parser=place, metavar="DIR", help="A folder for pictures, which mirrors the ways to frames."),
]
"""Where pictures go whose frames cannot be written beside, or that are to lie elsewhere."""


def previews_in(folder: Path | None) -> str:
    """Return the folder that is given for pictures, which is made; empty where none is.

    Raises:
        InputError: it cannot be made.
    """
    if folder is None:
        return ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made for pictures: {error.strerror or error}") from error
    return str(folder.absolute())


@dataclass(frozen=True)
class Switches:
    """Which modules of the pipeline work."""

    on: Annotated[list[str] | None, typer.Option(metavar="MODULE", help="Switch a module on.")] = None
    off: Annotated[list[str] | None, typer.Option(metavar="MODULE", help="Switch a module off.")] = None
    only: Annotated[list[str] | None, typer.Option(metavar="MODULE", help="Switch all others off.")] = None

    def switched(self) -> dict[str, bool]:
        """Return what is said of modules, over what the profile says.

        Raises:
            typer.BadParameter: there is no such module.
        """
        from tsplug.app import pipeline_modules

        given = [("--on", self.on), ("--off", self.off), ("--only", self.only)]
        if not any(names for _, names in given):
            return {}
        known = [module.name for module in pipeline_modules()]
        for option, names in given:
            for name in names or ():
                if name not in known:
                    raise typer.BadParameter(f"{name!r} is none of {', '.join(known)}", param_hint=option)
        only = {name: name in self.only for name in known} if self.only else {}
        return {**only, **dict.fromkeys(self.on or (), True), **dict.fromkeys(self.off or (), False)}


def work(
    store: Store,
    common: Common,
    *,
    runner: Runner,
    limits: Limits,
    only: tuple[int, ...] | None = None,
) -> Callable[[Callable[[], bool]], None]:
    """Return what works off the queue until it is told to stop.

    Args:
        store: where the queue is.
        common: says where the store is for other processes.
        runner: runs the jobs.
        limits: how long things may take.
        only: the jobs to do; any where None.
    """
    lessee = Lessee(_own_name(), timedelta(seconds=limits.lease), only)
    away_s = timedelta(hours=Settings().away_limit_h).total_seconds()
    settings = WorkerSettings(common.store_url(), lessee, time_limit_s=limits.time_limit, away_limit_s=away_s)
    sweep_buffers()
    worker = Worker(store, system_clock(), runner=runner, settings=settings, sweep=PatientSweep(sweep_buffers))

    def run(until: Callable[[], bool]) -> None:
        with _stop_asked_for() as stopped:
            worker.run(until=lambda: stopped() or until(), progress=CommandProgress())

    return run


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


@contextmanager
def _stop_asked_for() -> Iterator[Callable[[], bool]]:
    """Let SIGTERM ask for an orderly end, as a service manager sends it; Ctrl-C does by itself."""
    asked: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGTERM, before)
