"""The night as plain lines, one per event, for logs and pipes."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import TextIO

from hostsim.progress.display import Imaging
from tsplug.ports import Clock

_log = logging.getLogger(__name__)


class PlainDisplay:
    """Writes lines with the time of the night; implements `Display`."""

    def __init__(self, stream: TextIO, clock: Clock, *, zone: tzinfo = UTC) -> None:
        """Write to a stream, with the times of a zone."""
        self._stream = stream
        self._clock = clock
        self._zone = zone
        self._imaging: Imaging | None = None
        self._reported = ""

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Write what a hook is doing, once per message."""
        if message != self._reported:
            self._line(message)
        self._reported = message

    def instruction(self, name: str) -> None:
        """Write which instruction begins."""
        self._line(f"== {name}")

    def imaging(self, imaging: Imaging) -> None:
        """Keep what is about to be imaged, for the line of its exposure."""
        self._imaging = imaging

    def exposing(self, exposure_s: float) -> None:
        """Write which exposure begins."""
        if self._imaging is not None:
            now = self._imaging.one_more()
            self._line(
                f"[{now.done}/{now.wanted}] {now.target} {now.filter_name} {exposure_s:g} s, "
                f"{now.ready(self._clock.now())}"
            )

    def saved(self) -> None:
        """Count the light; the next line says enough."""
        if self._imaging is not None:
            self._imaging = self._imaging.one_more()

    def note(self, message: str) -> None:
        """Write a line."""
        _log.info("%s", message)
        self._line(message)

    def warn(self, message: str) -> None:
        """Write a warning."""
        _log.warning("%s", message)
        self._line(f"WARNING {message}")

    def _line(self, text: str) -> None:
        # Who reads it may have gone, or the disk be full: that ends no night, and the log has it all.
        with suppress(OSError, ValueError):
            moment = self._clock.now().astimezone(self._zone)
            self._stream.write(f"{moment:%Y-%m-%d %H:%M:%S %Z}  {text}\n")
            self._stream.flush()
