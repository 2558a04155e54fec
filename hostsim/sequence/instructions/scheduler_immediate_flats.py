"""Take the flats of the target just imaged."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.flats import take_immediate_flats
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from hostsim.sequence.target_flats import open_again
from tsplug.instructions import SchedulerImmediateFlats as Flats


class SchedulerImmediateFlats(EachCamera, Flats.Parameters):
    """Takes the flats of tonight's lights of projects that want them at once."""

    help: ClassVar[str] = Flats.help
    is_long: ClassVar[bool] = True
    type: Literal["scheduler_immediate_flats"] = "scheduler_immediate_flats"

    def run(self, host: Host) -> None:
        """Let tsplug take the flats, and keep its report.

        The weather may have changed meanwhile: the cover opens again only amid a container's night, where it is safe.

        Raises:
            TsplugError: something is missing, a set failed, or the panel may still shine.
        """
        standing = host.journal.state.standing
        was_open = standing.cover_open
        take_immediate_flats(Flats.Parameters(count=self.count, cover_at_end="closed"), host, camera=self.camera)
        if was_open and not standing.cover_open and self.cover_at_end == "open":
            open_again(host)


INSTRUCTION = SchedulerImmediateFlats
