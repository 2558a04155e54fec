"""What a sequence author can add to a sequence: name, help, parameters, validation and run.

A host shows `INSTRUCTIONS`, validates parameters against ``parameters`` (a pydantic model, so ``model_json_schema``
gives the JSON schema), and calls the instruction with a `Session`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import pluggy
from pydantic import Field

from tsplug.errors import TsplugError
from tsplug.model import (
    Decision,
    DecisionRequest,
    FlatInstruction,
    FlatRunReport,
    Value,
)
from tsplug.ports import Context

__all__ = [
    "INSTRUCTIONS",
    "SchedulerContainer",
    "SchedulerFlats",
    "SchedulerReport",
    "Session",
]


@dataclass(frozen=True)
class Session:
    """Where an instruction runs: the loaded plugins, the profile in use, and what hooks receive."""

    manager: pluggy.PluginManager
    profile_guid: str
    context: Context


class SchedulerContainer:
    """Images whatever is best, exposure by exposure, until nothing more can be imaged in this night."""

    name: ClassVar[str] = "Scheduler Container"
    help: ClassVar[str] = "Ask tsplug what to image next before every exposure, until nothing is left for this night."

    class Parameters(Value):
        """Parameters of the Scheduler Container."""

        grade: bool = Field(default=True, description="Grade a plan after each of its exposures.")

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        devices = session.context.devices
        return [] if devices.camera is not None else [f"{self.name}: no camera is connected"]

    def decide(self, request: DecisionRequest, session: Session) -> Decision:
        """Return what to do next: an exposure with its steps, a wait, or that nothing is left."""
        from tsplug.services.deciding import decide

        return decide(request, session.context)


class SchedulerFlats:
    """Takes the flats that the lights of recent nights still need."""

    name: ClassVar[str] = "Scheduler Flats"
    help: ClassVar[str] = "Take the flats that are due, with the panel; the panel is dark at the end whatever happens."

    class Parameters(Value):
        """Parameters of Scheduler Flats."""

        count: int | None = Field(
            default=None,
            strict=True,
            ge=1,
            description="Frames a set; the profile's flats to take if absent.",
        )
        repeat: bool = Field(
            default=False,
            description="Take equal specs once per session instead of once.",
        )
        cover_at_end: Literal["closed", "open"] = Field(default="closed", description="Where the cover ends.")
        dry_run: bool = Field(default=False, description="Plan and report without moving anything.")

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        devices = session.context.devices
        problems = [] if devices.camera is not None else [f"{self.name}: no camera is connected"]
        if devices.panel is None:
            problems.append(f"{self.name}: no flat panel is connected")
        elif devices.panel.max_brightness < 1:
            problems.append(f"{self.name}: the flat panel has no light")
        return problems

    def run(self, parameters: Parameters, session: Session) -> FlatRunReport:
        """Let the first plugin that answers take the flats, and return its report."""
        event = FlatInstruction(
            profile_guid=session.profile_guid,
            count=parameters.count,
            repeat=parameters.repeat,
            cover_at_end=parameters.cover_at_end,
            dry_run=parameters.dry_run,
        )
        report = session.manager.hook.flat_instruction_run(event=event, context=session.context)
        if not isinstance(report, FlatRunReport):
            raise TsplugError(f"{self.name}: no plugin answered; is tsplug loaded?")
        return report


class SchedulerReport:
    """Writes what the night came to: session summary, acquisition CSV per target, and a page."""

    name: ClassVar[str] = "Scheduler Report"
    help: ClassVar[str] = (
        "Write the session summary, the AstroBin acquisition CSV and report.html into the output folder."
    )

    class Parameters(Value):
        """Scheduler Report has no parameters."""

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        return []

    def run(self, parameters: Parameters, session: Session, *, out: Path) -> tuple[Path, ...]:
        """Write the files into a folder and return their paths."""
        from tsplug.services.night_report import write_night_report

        return write_night_report(session.profile_guid, out, context=session.context)


INSTRUCTIONS: dict[str, SchedulerContainer | SchedulerFlats | SchedulerReport] = {
    instruction.name: instruction for instruction in (SchedulerContainer(), SchedulerFlats(), SchedulerReport())
}
"""Every instruction by its name."""
