"""Leave the park position."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.unparking import unpark


class Unpark(Instruction):
    """Unparks the mount and lets it follow the sky."""

    help: ClassVar[str] = "Unpark the mount and let it follow the sky."
    type: Literal["unpark"] = "unpark"

    def is_outdoors(self, host: Host) -> bool:
        """Return that it is: the mount leaves its park."""
        return True

    def leave_out(self, host: Host) -> None:
        """Note that the mount is to be out of its park."""
        host.journal.state.standing.unparked = True

    def run(self, host: Host) -> None:
        """Unpark and track."""
        unpark(host.mount(), host)
        host.journal.state.standing.unparked, host.journal.state.standing.paused = True, None


INSTRUCTION = Unpark
