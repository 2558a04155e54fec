"""Open the cover of the flat panel."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction


class OpenCover(Instruction):
    """Opens the cover, with the panel dark."""

    help: ClassVar[str] = "Switch the panel's light off and open its cover."
    type: Literal["open_cover"] = "open_cover"

    def is_outdoors(self, host: Host) -> bool:
        """Return that it is: it opens."""
        return True

    def leave_out(self, host: Host) -> None:
        """Note that the cover is to be open."""
        host.journal.state.standing.cover_open, host.journal.state.standing.cover_shut = True, False

    def run(self, host: Host) -> None:
        """Darken the panel and open."""
        host.panel().light_off()
        host.panel().open_cover()
        host.journal.state.standing.cover_open, host.journal.state.standing.cover_shut = True, False


INSTRUCTION = OpenCover
