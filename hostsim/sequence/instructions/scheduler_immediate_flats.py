"""Take the flats of the target just imaged."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.flats import take_immediate_flats
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from tsplug.instructions import SchedulerImmediateFlats as Flats


class SchedulerImmediateFlats(EachCamera, Flats.Parameters):
    """Takes the flats of tonight's lights of projects that want them at once."""

    help: ClassVar[str] = Flats.help
    type: Literal["scheduler_immediate_flats"] = "scheduler_immediate_flats"

    def run(self, host: Host) -> None:
        """Let tsplug take the flats, and keep its report.

        Raises:
            TsplugError: something is missing, a set failed, or the panel may still shine.
        """
        parameters = Flats.Parameters(count=self.count, cover_at_end=self.cover_at_end)
        take_immediate_flats(parameters, host, camera=self.camera)


INSTRUCTION = SchedulerImmediateFlats
