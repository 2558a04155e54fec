"""Shows on standard error that a check goes on: live in a terminal, as plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from hostsim.conformance.report import counted
from hostsim.conformance.rule import Verdict
from hostsim.conformance.run import Follower

_SILENCE_S: Final = 10.0
_SERVER: Final = "server"
_STOPPING: Final = "stopping: everything is brought to rest (again to leave at once)"


class PlainFollower(Follower):
    """A line on standard error when a device is through, and every ten seconds what is being checked."""

    def __init__(self) -> None:
        """Begin; nothing is being checked yet."""
        self._verdicts: dict[str, list[Verdict]] = {}
        self._busy: list[str] = []
        self._said_s = time.monotonic()

    def begins(self, places: list[str]) -> None:
        """Say which devices are checked."""
        self._busy = list(places)
        if places:
            self._say(f"checking {', '.join(places)} side by side" if len(places) > 1 else f"checking {places[0]}")

    def judged(self, verdict: Verdict) -> None:
        """Remember the verdict."""
        self._verdicts.setdefault(verdict.place, []).append(verdict)

    def through(self, place: str) -> None:
        """Say what came of a device, and which are left."""
        self._busy.remove(place)
        left = f"; {len(self._busy)} more under check" if self._busy else ""
        self._say(f"{place} is through: {counted(self._verdicts.get(place, []))}{left}")

    def stopping(self) -> None:
        """Say that everything is brought to rest."""
        self._say(_STOPPING)

    def waiting(self) -> None:
        """Say after a while at which rules the devices are."""
        if time.monotonic() - self._said_s >= _SILENCE_S:
            self._say("still checking: " + ", ".join(self._stage(place) for place in self._busy))

    def _stage(self, place: str) -> str:
        verdicts = self._verdicts.get(place, [])
        return f"{place} after {verdicts[-1].rule.id}" if verdicts else place

    def _say(self, text: str) -> None:
        typer.echo(text, err=True)
        self._said_s = time.monotonic()


class LiveFollower(Follower):
    """A line for each device in a terminal, with the rule it has come to and its failures."""

    def __init__(self, progress: Progress) -> None:
        """Show tasks of a ``progress`` that somebody else begins and ends."""
        self._progress = progress
        self._tasks: dict[str, TaskID] = {_SERVER: progress.add_task(_SERVER, stage="", total=None)}
        self._verdicts: dict[str, list[Verdict]] = {}

    def begins(self, places: list[str]) -> None:
        """Show a line for each device."""
        self.through(_SERVER)
        for place in places:
            self._tasks[place] = self._progress.add_task(place, stage="", total=None)

    def judged(self, verdict: Verdict) -> None:
        """Show the rule that was judged last."""
        verdicts = self._verdicts.setdefault(verdict.place, [])
        verdicts.append(verdict)
        self._progress.update(self._tasks[verdict.place], stage=f"{counted(verdicts)} {verdict.rule.id}")

    def through(self, place: str) -> None:
        """Take the line away."""
        self._progress.remove_task(self._tasks[place])

    def stopping(self) -> None:
        """Say that everything is brought to rest."""
        self.line(_STOPPING)

    def line(self, text: str) -> None:
        """Print a line above."""
        self._progress.console.print(Text(text), soft_wrap=True)


@contextmanager
def following(*, live: bool) -> Iterator[Follower]:
    """Yield what shows a check, in a terminal where ``live``."""
    if not live:
        yield PlainFollower()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:18}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    console = Console(stderr=True, highlight=False)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        yield LiveFollower(progress)
