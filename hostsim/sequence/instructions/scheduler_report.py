"""Write what the night came to."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.saving.pattern import folder_name
from hostsim.sequence.flats import for_each_camera
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from tsplug.instructions import SchedulerReport as Report


class SchedulerReport(EachCamera):
    """Writes session summary, acquisition CSV and report page into the output folder, a second camera's below it."""

    help: ClassVar[str] = Report.help
    type: Literal["scheduler_report"] = "scheduler_report"

    def run(self, host: Host) -> None:
        """Write the files of camera after camera.

        Raises:
            TsplugError: a file cannot be written.
        """
        for_each_camera(self._write, host, camera=self.camera)

    def _write(self, host: Host) -> None:
        report, parameters = Report(), Report.Parameters()
        host.ready(report.validate(parameters, host.session))
        out = host.out if host.leads else host.out / folder_name(host.profile.name)
        for file in report.run(parameters, host.session, out=out):
            host.display.note(f"wrote {file}")


INSTRUCTION = SchedulerReport
