"""Point the telescope."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.pointing import rotate_to
from hostsim.sequence.sky_ready import ready_for_sky
from hostsim.sequence.solving import NotSolvedError, SolvingSettings, center_by_stars
from tsplug import InputError


class Slew(Instruction):
    """Points at J2000 coordinates or a container's target, centers on demand, and turns the rotator on demand."""

    help: ClassVar[str] = (
        "Point at J2000 coordinates, in `events` without them at the target that the event is about; center and rotate "
        "on demand."
    )
    type: Literal["slew"] = "slew"
    ra_hours: float | None = Field(
        default=None, strict=True, ge=0, lt=24, description="Right ascension, J2000, in hours; absent is the target's."
    )
    dec_deg: float | None = Field(
        default=None, strict=True, ge=-90, le=90, description="Declination, J2000, in degrees; absent is the target's."
    )
    center: bool = Field(default=True, description="Repeat the slew until the mount reports the place.")
    solve: SolvingSettings | None = Field(
        default=None, description="Center by the stars of a frame; absent centers by what the mount reports."
    )
    rotation_deg: float | None = Field(
        default=None,
        strict=True,
        ge=0,
        lt=360,
        description="Position angle of the frame in degrees; absent is the target's, or leaves the rotator.",
    )
    rotation_half_turn: bool = Field(default=True, description="A frame turned by half a turn is as good.")

    @model_validator(mode="after")
    def _whole(self) -> Slew:
        if (self.ra_hours is None) != (self.dec_deg is None):
            raise ValueError("a slew needs both ra_hours and dec_deg, or in events neither for the target")
        return self

    def is_outdoors(self, host: Host) -> bool:
        """Return that it is: the mount moves under the sky."""
        return True

    def run(self, host: Host) -> None:
        """Slew, then rotate; to a target with its position angle, where the profile has a rotator.

        Raises:
            DeviceError: the mount or the rotator did not arrive.
            InputError: there are no coordinates, and no target either.
        """
        ra_hours, dec_deg, rotation_deg = self._place(host)
        host.journal.state.standing.paused = None
        if self.center and self.solve is not None:
            ready_for_sky(host)
            try:
                center_by_stars(ra_hours, dec_deg, host=host, settings=self.solve)
            except NotSolvedError as error:
                host.warn(f"{error}; centered by what the mount says")
        elif self.center:
            host.mount().center(ra_hours, dec_deg)
        else:
            host.mount().slew(ra_hours, dec_deg)
        if rotation_deg is not None:
            rotate_to(rotation_deg, host, half_turn=self.rotation_half_turn)

    def _place(self, host: Host) -> tuple[float, float, float | None]:
        if self.ra_hours is not None and self.dec_deg is not None:
            return self.ra_hours, self.dec_deg, self.rotation_deg
        pending = host.journal.state.stage.pending
        target = pending[0].target if pending else None
        if target is None:
            raise InputError("there is no target to slew to yet: give ra_hours and dec_deg")
        rotates = self.rotation_deg is None and host.profile.has_rotator and host.rig.rotator is not None
        return target.ra_hours, target.dec_deg, target.rotation_deg if rotates else self.rotation_deg


INSTRUCTION = Slew
