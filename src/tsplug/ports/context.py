"""What every hook receives beside its event."""

from __future__ import annotations

from typing import Protocol

from tsplug.ports.clock import Clock
from tsplug.ports.devices import Devices
from tsplug.ports.files import FrameFiles
from tsplug.ports.store import Store


class Progress(Protocol):
    """Shows how far a long task is."""

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Show what is being done, and how much of how much where that is known."""
        ...


class Cancellation(Protocol):
    """Tells whether the user or the host asked to stop."""

    def check(self) -> None:
        """Return when work may go on.

        Raises:
            Cancelled: a stop was asked for.
        """
        ...


class Context(Protocol):
    """The surroundings of a hook call."""

    @property
    def store(self) -> Store:
        """Return the store that holds everything."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...

    @property
    def devices(self) -> Devices:
        """Return the equipment."""
        ...

    @property
    def files(self) -> FrameFiles:
        """Return what reads frames from disk."""
        ...

    @property
    def progress(self) -> Progress:
        """Return where progress is shown."""
        ...

    @property
    def cancellation(self) -> Cancellation:
        """Return what tells whether to stop."""
        ...
