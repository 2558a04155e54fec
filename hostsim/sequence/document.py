"""What a sequence file holds: the night's name, start, seed and catalogue, and the tree of instructions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from hostsim.devices.parts.limits import FaultyError
from hostsim.faults.parts.schedule import FaultSchedule
from hostsim.sequence.fault_check import impossible_faults
from hostsim.sequence.instructions import Item
from hostsim.sequence.safety_settings import SafetySettings
from hostsim.sequence.second import SecondCameraSettings
from hostsim.sky.scenario import read_scenario
from tsplug.instructions import check_year


class Sequence(BaseModel):
    """A night."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What the night is called.")
    start: Annotated[AwareDatetime, AfterValidator(check_year)] = Field(
        description="When a simulated night begins, with zone; real equipment has the real time."
    )
    seed: int = Field(default=1, ge=0, description="Draws the simulated sky's weather, noise and dust.")
    scenario: str = Field(
        default="clear",
        min_length=1,
        description="What happens in a simulated night: the name of a scenario, or its file, relative to this one.",
    )
    truth: bool = Field(default=False, description="Write what really is on each light beside it (simulators only).")
    safety: SafetySettings = Field(
        default=SafetySettings(), description="What is done while the safety monitor says that it is not safe."
    )
    faults: FaultSchedule = Field(default=(), description="What goes wrong with the simulators, and when.")
    catalogue: dict[str, Any] = Field(description="Site, profile, templates, projects with targets, trained flats.")
    second_camera: SecondCameraSettings | None = Field(
        default=None, description="A second camera on the mount, which exposes while the first one does."
    )
    run: list[Item] = Field(min_length=1, description="The instructions, in order.")

    @field_validator("scenario")
    @classmethod
    def _there_is_one(cls, scenario: str, info: ValidationInfo) -> str:
        read_scenario(scenario, folder=(info.context or {}).get("folder"))
        return scenario

    @field_validator("faults")
    @classmethod
    def _can_happen(cls, faults: FaultSchedule, info: ValidationInfo) -> FaultSchedule:
        if impossible := list(impossible_faults(faults, info.data.get("start"))):
            raise FaultyError(impossible)
        return faults
