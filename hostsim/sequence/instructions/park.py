"""Go to the park position."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.unparking import park


class Park(Instruction):
    """Parks the mount."""

    help: ClassVar[str] = "Park the mount; it stands still then."
    looks_itself: ClassVar[bool] = True
    type: Literal["park"] = "park"

    def run(self, host: Host) -> None:
        """Park."""
        park(host.mount(), host)
        host.journal.state.standing.unparked, host.journal.state.standing.paused = False, None


INSTRUCTION = Park
