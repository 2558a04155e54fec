"""What a sequence file holds: the night's name, start, seed and catalogue, and the tree of instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from hostsim.devices.parts.limits import FaultyError
from hostsim.faults.parts.schedule import FaultSchedule
from hostsim.sequence.conditions import Until, check_year
from hostsim.sequence.fault_check import impossible_faults
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.instructions import INSTRUCTIONS
from hostsim.sequence.safety_settings import SafetySettings
from hostsim.sky.scenario import read_scenario


class _Container(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sequential(_Container):
    """Instructions one after the other."""

    type: Literal["sequential"] = "sequential"
    name: str = Field(default="", description="What this part of the night is called.")
    run: list[Item] = Field(min_length=1, description="The instructions, in order.")


class Loop(_Container):
    """Instructions again and again, so many times, until a moment, or as long as it helps; checked before each pass."""

    type: Literal["loop"] = "loop"
    name: str = Field(default="", description="What this part of the night is called.")
    count: int | None = Field(default=None, strict=True, ge=1, description="How many passes at most.")
    until: Until | None = Field(default=None, description="When no further pass begins.")
    as_long_as: Literal["flats_needed"] | None = Field(
        default=None,
        description="What must be so for a further pass: flats are due that can be taken, and the last pass took some.",
    )
    run: list[Item] = Field(min_length=1, description="The instructions of one pass.")

    @model_validator(mode="after")
    def _ends(self) -> Loop:
        if self.count is None and self.until is None and self.as_long_as is None:
            raise ValueError("a loop needs count, until or as_long_as, or it would never end")
        return self


if TYPE_CHECKING:
    Item = Sequential | Loop | Instruction
else:
    Item = Annotated[Union[Sequential, Loop, *INSTRUCTIONS.values()], Field(discriminator="type")]


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


Sequential.model_rebuild()
Loop.model_rebuild()
Sequence.model_rebuild()
