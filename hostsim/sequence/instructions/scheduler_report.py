"""Write what the night came to."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from tsplug.instructions import SchedulerReport as Report


class SchedulerReport(Instruction):
    """Writes session summary, acquisition CSV and report page into the output folder."""

    help: ClassVar[str] = Report.help
    type: Literal["scheduler_report"] = "scheduler_report"

    def run(self, host: Host) -> None:
        """Write the files."""
        report, parameters = Report(), Report.Parameters()
        host.ready(report.validate(parameters, host.session))
        for file in report.run(parameters, host.session, out=host.out):
            host.display.note(f"wrote {file}")


INSTRUCTION = SchedulerReport
