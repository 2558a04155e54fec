"""What the host tells whoever watches the night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

_A_NIGHT = timedelta(hours=16)
"""What takes longer is not ready in this night, and its time of day would be read as one of this night."""


@dataclass(frozen=True)
class Imaging:
    """What is being imaged, how many of how many lights are done, and when exposing alone would have done them all.

    ``ready_at`` is shown in its own zone. ``tonight`` says whether that is before the Sun rises.
    """

    target: str
    filter_name: str
    done: int
    wanted: int
    ready_at: datetime
    tonight: bool = True

    def one_more(self) -> Imaging:
        """Return this after one more light; where rejected lights are replaced, more come than were wanted."""
        return replace(self, done=self.done + 1, wanted=max(self.wanted, self.done + 1))

    def ready(self, now: datetime) -> str:
        """Return when exposing alone would have done them all, or how many hours that takes where it takes nights."""
        left = self.ready_at - now
        if left > _A_NIGHT or not self.tonight:
            return f"{left / timedelta(hours=1):.0f} h of exposures to go"
        return f"ready {self.ready_at:%H:%M %Z} at the earliest"


class Display(Protocol):
    """Shows the night; also a `tsplug.ports.Progress`."""

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Show what a hook is doing, and how much of how much where that is known."""
        ...

    def instruction(self, name: str) -> None:
        """Show which instruction of the sequence runs now."""
        ...

    def imaging(self, imaging: Imaging) -> None:
        """Show what is about to be imaged."""
        ...

    def exposing(self, exposure_s: float) -> None:
        """Show that an exposure begins."""
        ...

    def saved(self) -> None:
        """Show that the light is recorded."""
        ...

    def note(self, message: str) -> None:
        """Show something worth a line."""
        ...

    def warn(self, message: str) -> None:
        """Show something that went wrong without ending the night."""
        ...
