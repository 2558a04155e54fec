"""What every instruction of a sequence has: a type, a help text, fields, and a way to be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from hostsim.sequence.host import Host


class Instruction(BaseModel):
    """One instruction; subclasses declare ``type`` as a Literal, ``help``, their fields, and `run`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    help: ClassVar[str]
    is_long: ClassVar[bool] = False
    """Whether it may take so long without the sky that nothing should follow it meanwhile."""
    looks_itself: ClassVar[bool] = False
    """Whether it looks itself at the weather where something is out, or brings it in."""
    type: str
    on_error: Literal["stop", "continue"] = Field(
        default="stop", description="Whether the sequence ends or goes on when this instruction fails."
    )

    def is_outdoors(self, host: Host) -> bool:
        """Return whether it needs the open sky: then it is carried out only where that is safe."""
        return False

    def too_late(self, host: Host) -> str:
        """Return in words why it is not to be done any more after a wait for safety, though it is night still."""
        return ""

    def leave_out(self, host: Host) -> None:
        """Note what it would have asked of mount or cover: whoever leaves the shelter by night does that."""

    def run(self, host: Host) -> None:
        """Carry the instruction out; return when it is done.

        Raises:
            TsplugError: it could not be done.
        """
        raise NotImplementedError


class EachCamera(Instruction):
    """An instruction for every camera on the mount, unless it names one."""

    camera: str | None = Field(
        default=None, description="The profile of the camera it is for; absent is for each, one after the other."
    )


class OneCamera(Instruction):
    """An instruction for one camera on the mount."""

    camera: str | None = Field(
        default=None, description="The profile of the camera it is for; absent is for the first one."
    )
