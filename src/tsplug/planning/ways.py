"""How the host of a previewed night goes about it, beside what its rig's profile says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tsplug.model import Overheads
from tsplug.planning.beside import SecondCamera


@dataclass(frozen=True)
class Ways:
    """What a host does that costs time and is no preference of its rig.

    Attributes:
        second: a second camera on the mount, which exposes beside the first.
        focuses_first: whether it focuses before the first light.
        focuses_after_flip: whether it focuses after each flip.
        focus_every_exposures: after how many lights it focuses again; 0 is never.
    """

    second: SecondCamera | None = None
    focuses_first: bool = False
    focuses_after_flip: bool = False
    focus_every_exposures: int = 0


PLAIN = Ways()
"""One camera, and no focus but by time."""


@dataclass(slots=True)
class Focus:
    """When a rig focused last, and how many lights it has taken since."""

    at: datetime | None = None
    lights: int = 0

    def is_due(self, now: datetime, *, overheads: Overheads, ways: Ways) -> bool:
        """Return whether the rig focuses at a moment, by what has passed since it last did.

        One that does not focus first is taken to have done so when it is first asked.
        """
        if self.at is None:
            self.at = None if ways.focuses_first else now
            return ways.focuses_first
        after, passed_min = ways.focus_every_exposures, (now - self.at).total_seconds() / 60.0
        return 0 < overheads.autofocus_every_min <= passed_min or 0 < after <= self.lights

    def done(self, now: datetime, *, overheads: Overheads) -> datetime:
        """Focus at a moment, and return when that is done."""
        self.at, self.lights = now + timedelta(seconds=overheads.autofocus_s), 0
        return self.at
