"""Take the flats that recent lights still need."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction
from tsplug import TsplugError
from tsplug.instructions import SchedulerFlats as Flats
from tsplug.ports import CoverState


class SchedulerFlats(Instruction, Flats.Parameters):
    """Takes the flats that are due; its parameters are those of tsplug's instruction."""

    help: ClassVar[str] = Flats.help
    type: Literal["scheduler_flats"] = "scheduler_flats"

    def run(self, host: Host) -> None:
        """Let tsplug take the flats, and keep its report.

        Raises:
            TsplugError: something is missing, a set failed, or the panel may still shine.
        """
        flats = Flats()
        parameters = Flats.Parameters(**{name: getattr(self, name) for name in Flats.Parameters.model_fields})
        host.ready(flats.validate(parameters, host.session))
        report = flats.run(parameters, host.session)
        host.journal.state.flat_runs.append(report)
        host.journal.state.standing.cover_open = host.panel().cover_state() is CoverState.OPEN
        for failed in report.failed:
            host.warn(f"flats {failed.spec.filter_name}: {failed.reason}")
        if report.failed:
            raise TsplugError(f"{len(report.failed)} of the flat sets failed: {report.failed[0].reason}")
        if not report.panel_off:
            raise TsplugError(f"the panel may still shine: {report.message}")


INSTRUCTION = SchedulerFlats
