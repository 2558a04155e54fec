"""The one source of time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass; nothing in tsplug asks the system for now."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        ...


class SteadyClock(Clock, Protocol):
    """A clock that also measures how long something takes in one process, whatever the time of day is set to."""

    def monotonic(self) -> float:
        """Return the seconds since some moment in the past; they neither go back nor jump."""
        ...
