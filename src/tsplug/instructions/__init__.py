"""What a sequence author can add to a sequence: name, help, parameters, validation and run.

A host shows `INSTRUCTIONS`, validates parameters against ``parameters`` (a pydantic model, so ``model_json_schema``
gives the JSON schema), and calls the instruction with a `Session`.
"""

from __future__ import annotations

from tsplug.instructions.condition import SchedulerCondition
from tsplug.instructions.container import SchedulerContainer
from tsplug.instructions.flat_wizard import FlatWizard
from tsplug.instructions.flats import SchedulerFlats, SchedulerImmediateFlats
from tsplug.instructions.flats_needed import FlatsNeeded
from tsplug.instructions.moments import check_year, moment_of
from tsplug.instructions.report import SchedulerReport
from tsplug.instructions.second_camera import SecondCamera
from tsplug.instructions.session import Session, settle_panel
from tsplug.instructions.sky_flats import SkyFlats
from tsplug.instructions.solving import Look, solve_pixels

__all__ = [
    "INSTRUCTIONS",
    "FlatWizard",
    "FlatsNeeded",
    "Instruction",
    "Look",
    "SchedulerCondition",
    "SchedulerContainer",
    "SchedulerFlats",
    "SchedulerImmediateFlats",
    "SchedulerReport",
    "SecondCamera",
    "Session",
    "SkyFlats",
    "check_year",
    "moment_of",
    "settle_panel",
    "solve_pixels",
]

Instruction = (
    SchedulerContainer
    | SchedulerCondition
    | SchedulerFlats
    | SchedulerImmediateFlats
    | SkyFlats
    | FlatWizard
    | FlatsNeeded
    | SchedulerReport
    | SecondCamera
)
"""What a sequence author can add."""

INSTRUCTIONS: dict[str, Instruction] = {
    instruction.name: instruction
    for instruction in (
        SchedulerContainer(),
        SchedulerCondition(),
        SchedulerFlats(),
        SchedulerImmediateFlats(),
        SkyFlats(),
        FlatWizard(),
        FlatsNeeded(),
        SchedulerReport(),
        SecondCamera(),
    )
}
"""Every instruction by its name."""
