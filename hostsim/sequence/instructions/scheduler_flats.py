"""Take the flats that recent lights still need."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.flats import end_flats, for_each_camera, ready_for_flats
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from hostsim.sequence.target_flats import leave_open
from tsplug.instructions import SchedulerFlats as Flats


class SchedulerFlats(EachCamera, Flats.Parameters):
    """Takes the flats that are due; its parameters are those of tsplug's instruction."""

    help: ClassVar[str] = Flats.help
    is_long: ClassVar[bool] = True
    type: Literal["scheduler_flats"] = "scheduler_flats"

    def run(self, host: Host) -> None:
        """Let tsplug take the flats, those of a second camera after the first one's, and keep its reports.

        Behind the closed cover there is no weather; whether it is safe counts again when the cover is to open.

        Raises:
            UnsafeError: the cover is to open at the end, and it is not safe, amid the night of a container.
            TsplugError: something is missing, a set failed, or the panel may still shine.
        """
        for_each_camera(self._take, host, camera=self.camera)
        if self.cover_at_end == "open" and not self.dry_run:
            leave_open(host)

    def _take(self, host: Host) -> None:
        flats = Flats()
        asked = {name: getattr(self, name) for name in Flats.Parameters.model_fields}
        parameters = Flats.Parameters(**asked | ({} if self.dry_run else {"cover_at_end": "closed"}))
        ready_for_flats(flats.obstacles(parameters, host.session), host, dry_run=self.dry_run)
        end_flats(flats.run(parameters, host.session), host)


INSTRUCTION = SchedulerFlats
