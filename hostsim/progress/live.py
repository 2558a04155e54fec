"""The night live in a terminal."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, tzinfo
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hostsim.progress.display import Imaging
from tsplug.ports import Clock

_log = logging.getLogger(__name__)
_REFRESH_HZ = 5


class NightConsole(Console):
    """A console whose loss ends nothing: rich's own ends the program where a pipe breaks."""

    def on_broken_pipe(self) -> None:
        """Go on: the log has all that is shown."""


class LiveDisplay:
    """One panel that changes, notes above it; implements `Display`, and is a context manager."""

    def __init__(self, console: Console, clock: Clock, *, title: str, zone: tzinfo = UTC) -> None:
        """Show the night of a title on a console, with the times of a zone."""
        self._console = console
        self._clock = clock
        self._zone = zone
        self._title = title
        self._instruction = ""
        self._activity = ""
        self._imaging: Imaging | None = None
        self._exposure = ""
        self._live = Live(console=console, get_renderable=self._panel, refresh_per_second=_REFRESH_HZ, transient=True)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the panel."""
        with suppress(OSError, ValueError):
            self._live.stop()

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Show what a hook is doing."""
        self._activity = message if done is None or total is None else f"{message} {done}/{total}"

    def instruction(self, name: str) -> None:
        """Show which instruction runs."""
        self._instruction, self._activity, self._exposure = name, "", ""

    def imaging(self, imaging: Imaging) -> None:
        """Show target, filter, counts and estimate."""
        self._imaging, self._activity = imaging, ""

    def exposing(self, exposure_s: float) -> None:
        """Show the exposure."""
        self._exposure, self._activity = f"{exposure_s:g} s", ""

    def saved(self) -> None:
        """Show one light more, and that no exposure is under way."""
        self._exposure, self._activity = "", ""
        if self._imaging is not None:
            self._imaging = self._imaging.one_more()

    def note(self, message: str) -> None:
        """Print a line above the panel."""
        _log.info("%s", message)
        self._print(message, "")

    def warn(self, message: str) -> None:
        """Print a warning above the panel."""
        _log.warning("%s", message)
        self._print(message, "yellow")

    def _print(self, message: str, style: str) -> None:
        line = Text(f"{self._clock.now().astimezone(self._zone):%H:%M:%S}  ", style="dim")
        line.append(message, style=style)
        # What was under way before is over, and the panel below the line must not be older than the line.
        self._activity = ""
        # A terminal may have gone: that ends no night, and the log has it all.
        with suppress(OSError, ValueError):
            self._live.refresh()
            self._console.print(line)

    def _panel(self) -> RenderableType:
        rows = Table.grid(padding=(0, 2))
        rows.add_row("instruction", Text(self._instruction, style="bold"))
        rows.add_row("time", f"{self._clock.now().astimezone(self._zone):%Y-%m-%d %H:%M:%S %Z}")
        parts: list[RenderableType] = [rows]
        if self._imaging is not None:
            now = self._imaging
            rows.add_row("target", Text(f"{now.target}  {now.filter_name}"))
            rows.add_row("exposure", f"{self._exposure or '-'}   {now.done} of {now.wanted} lights")
            rows.add_row("", now.ready(self._clock.now()))
            parts.append(ProgressBar(total=max(1, now.wanted), completed=now.done))
        if self._activity:
            rows.add_row("", Text(self._activity))
        return Panel(Group(*parts), title=Text(self._title), title_align="left")
