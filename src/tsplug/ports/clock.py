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
