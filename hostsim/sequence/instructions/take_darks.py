"""Take darks."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.host import Host
from hostsim.sequence.shut_frames import ShutFrames, take_in_the_dark


class TakeDarks(ShutFrames):
    """Takes darks, with the cover closed and the panel dark."""

    help: ClassVar[str] = "Close the cover and take darks; they are saved under `darks/`."
    kind: ClassVar[str] = "DARK"
    folder: ClassVar[str] = "darks"
    type: Literal["take_darks"] = "take_darks"
    exposure_s: float = Field(gt=0, le=32_767, description="Seconds per frame: those of the lights they serve.")

    def run(self, host: Host) -> None:
        """Darken, expose, and save."""
        take_in_the_dark(self, host, camera=self.camera, readout_mode=self.readout_mode)


INSTRUCTION = TakeDarks
