"""Wait for a time, a twilight or an altitude."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.outdoors import wait_safely
from tsplug import Until


class WaitUntil(Instruction):
    """Waits for a time, a twilight or an altitude."""

    help: ClassVar[str] = "Wait for a time, a twilight, or a place in the sky to be above or below an altitude."
    looks_itself: ClassVar[bool] = True
    type: Literal["wait_until"] = "wait_until"
    until: Until = Field(description="What to wait for.")

    def run(self, host: Host) -> None:
        """Let the time pass.

        Raises:
            UnsafeError: it is not safe any more, amid the night of a container.
            NotCenteredError: the container's target cannot be centered after a flip, and the sequence wants to end.
        """
        moment = host.end_of(self.until)
        host.display.note(f"waiting for {self.until.described()}, {host.local(moment):%Y-%m-%d %H:%M %Z}")
        wait_safely(moment, host)


INSTRUCTION = WaitUntil
