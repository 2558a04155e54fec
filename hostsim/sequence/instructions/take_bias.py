"""Take bias frames."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.host import Host
from hostsim.sequence.shut_frames import ShutFrames, take_in_the_dark


class TakeBias(ShutFrames):
    """Takes bias frames, with the cover closed and the panel dark."""

    help: ClassVar[str] = "Close the cover and take bias frames, as short as can be; they are saved under `bias/`."
    kind: ClassVar[str] = "BIAS"
    folder: ClassVar[str] = "bias"
    type: Literal["take_bias"] = "take_bias"
    exposure_s: float = Field(
        default=0.0, ge=0, le=1, description="Seconds per frame: the shortest the camera can, and most can do none."
    )

    def run(self, host: Host) -> None:
        """Darken, expose, and save."""
        take_in_the_dark(self, host, camera=self.camera, readout_mode=self.readout_mode)


INSTRUCTION = TakeBias
