"""Point the telescope."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.pointing import rotate_to
from hostsim.sequence.solving import NotSolvedError, SolvingSettings, center_by_stars


class Slew(Instruction):
    """Points at J2000 coordinates, centers on demand, and turns the rotator on demand."""

    help: ClassVar[str] = "Point at J2000 coordinates; center and rotate on demand."
    type: Literal["slew"] = "slew"
    ra_hours: float = Field(ge=0, lt=24, description="Right ascension, J2000, in hours.")
    dec_deg: float = Field(ge=-90, le=90, description="Declination, J2000, in degrees.")
    center: bool = Field(default=True, description="Repeat the slew until the mount reports the place.")
    solve: SolvingSettings | None = Field(
        default=None, description="Center by the stars of a frame; absent centers by what the mount reports."
    )
    rotation_deg: float | None = Field(
        default=None,
        strict=True,
        ge=0,
        lt=360,
        description="Position angle of the frame in degrees; absent leaves the rotator.",
    )
    rotation_half_turn: bool = Field(default=True, description="A frame turned by half a turn is as good.")

    def run(self, host: Host) -> None:
        """Slew, then rotate."""
        if self.center and self.solve is not None:
            try:
                center_by_stars(self.ra_hours, self.dec_deg, host=host, settings=self.solve)
            except NotSolvedError as error:
                host.warn(f"{error}; centered by what the mount says")
        elif self.center:
            host.mount().center(self.ra_hours, self.dec_deg)
        else:
            host.mount().slew(self.ra_hours, self.dec_deg)
        if self.rotation_deg is not None:
            rotate_to(self.rotation_deg, host, half_turn=self.rotation_half_turn)


INSTRUCTION = Slew
