"""Take frames apart from any plan."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import OneCamera
from hostsim.sequence.shelter import watch_of
from hostsim.sequence.sky_ready import needs_sky, ready_for_sky


class TakeExposure(OneCamera):
    """Takes frames that belong to no plan: tests, snapshots, calibration by hand."""

    help: ClassVar[str] = "Take frames that belong to no plan; they are saved under the profile's light pattern."
    type: Literal["take_exposure"] = "take_exposure"
    exposure_s: float = Field(ge=0, le=32_767, description="Seconds per frame.")
    count: int = Field(default=1, ge=1, le=10_000, description="How many frames.")
    target: str = Field(default="Snapshot", min_length=1, description="The name that goes into header and file name.")
    gain: int | None = Field(default=None, strict=True, ge=0, description="Gain; absent leaves the camera's.")
    offset: int | None = Field(default=None, strict=True, ge=0, description="Offset; absent leaves the camera's.")
    binning: int = Field(default=1, ge=1, le=16, description="Binning of both axes.")

    def is_outdoors(self, host: Host) -> bool:
        """Return whether cover or mount is out, or will be; behind a closed cover in the park there is no weather."""
        return needs_sky(host)

    def run(self, host: Host) -> None:
        """Expose, and save."""
        ready_for_sky(host)
        Frames(host.one(self.camera)).snapshots(self, look=watch_of(host))


INSTRUCTION = TakeExposure
