"""Close the cover of the flat panel."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction


class CloseCover(Instruction):
    """Closes the cover, with the panel dark."""

    help: ClassVar[str] = "Switch the panel's light off and close its cover."
    looks_itself: ClassVar[bool] = True
    type: Literal["close_cover"] = "close_cover"

    def run(self, host: Host) -> None:
        """Darken the panel and close."""
        host.panel().light_off()
        host.panel().close_cover()
        host.journal.state.standing.cover_open = host.journal.state.standing.cover_shut = False


INSTRUCTION = CloseCover
