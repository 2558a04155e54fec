"""Image whatever tsplug finds best, exposure by exposure."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.centering import CenteringSettings
from hostsim.sequence.containers import EventLists
from hostsim.sequence.flipping import FlipSettings
from hostsim.sequence.focusing import FocusSettings
from hostsim.sequence.host import Host
from hostsim.sequence.imaging import Imager
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.watching import GuidingSettings
from tsplug import Until
from tsplug.instructions import SchedulerContainer as Container
from tsplug.instructions import SchedulerImmediateFlats as ImmediateFlats


class SchedulerContainer(Instruction, Container.Parameters):
    """Asks tsplug what to image before every exposure, and does it, until nothing is left for this night."""

    help: ClassVar[str] = Container.help
    looks_itself: ClassVar[bool] = True
    type: Literal["scheduler_container"] = "scheduler_container"
    until: Until | None = Field(default=None, description="When no further exposure begins, at the latest.")
    autofocus: bool = Field(default=True, description="Focus before the first light and as the limits below say.")
    autofocus_every_min: float = Field(default=120.0, ge=0, description="Focus again after so many minutes; 0 is off.")
    autofocus_every_c: float = Field(
        default=2.0, ge=0, description="Focus again when the temperature changed by so many degrees C; 0 is off."
    )
    autofocus_every_exposures: int = Field(default=0, ge=0, description="Focus again after so many lights; 0 is off.")
    autofocus_hfr_percent: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        description="Focus again when the stars of a filter's lights have grown by so many percent; 0 is off.",
    )
    focus: FocusSettings = Field(default_factory=FocusSettings, description="How the V-curve is measured.")
    focus_offset: bool = Field(default=True, description="The focuser follows the filters' focus offsets.")
    dither_px: float = Field(default=5.0, ge=0, description="How far a dither moves at most, in pixels.")
    immediate_flats: ImmediateFlats.Parameters | None = Field(
        default=None,
        description="Take immediate flats after each target, with these parameters; absent takes none.",
    )
    centering: CenteringSettings = Field(
        default_factory=CenteringSettings, description="How well targets are centered, and what if one cannot be."
    )
    flip: FlipSettings = Field(default_factory=FlipSettings, description="When the mount flips at the meridian.")
    guiding: GuidingSettings = Field(
        default_factory=GuidingSettings, description="What is done when guiding is lost (simulators only)."
    )
    events: EventLists = Field(default_factory=EventLists, description="Instructions for what happens while it images.")
    rotation_half_turn: bool = Field(
        default=True, description="A frame turned by half a turn is as good, so that one set of flats serves both."
    )

    def run(self, host: Host) -> None:
        """Image until nothing is left."""
        container = Container()
        parameters = Container.Parameters(grade=self.grade)
        host.ready(container.validate(parameters, host.session))
        Imager(host, self).run(container)


INSTRUCTION = SchedulerContainer
