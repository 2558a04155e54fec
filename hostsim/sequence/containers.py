"""What holds instructions: a list of them, a loop, and what runs when something happens to a Scheduler Container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tsplug import Until

EventName = Literal[
    "before_wait",
    "after_wait",
    "before_target",
    "after_exposure",
    "after_target",
    "after_each_target",
    "after_target_complete",
    "after_night",
]
"""What can happen to a Scheduler Container."""

if TYPE_CHECKING:
    from hostsim.sequence.instruction import Instruction


class _Container(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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
    as_long_as: Literal["flats_needed", "targets_remain", "projects_remain"] | None = Field(
        default=None,
        description="What must be so for a further pass. `flats_needed`: flats are due that can be taken, and the last "
        "pass took some; `targets_remain`: something can still be imaged in this night, or is waited for; "
        "`projects_remain`: an active project wants more exposures, in whatever night.",
    )
    run: list[Item] = Field(min_length=1, description="The instructions of one pass.")

    @model_validator(mode="after")
    def _ends(self) -> Loop:
        if self.count is None and self.until is None and self.as_long_as is None:
            raise ValueError("a loop needs count, until or as_long_as, or it would never end")
        return self


class EventLists(_Container):
    """Instructions of the sequence's author for what happens in a Scheduler Container; none by default."""

    before_wait: list[Item] = Field(
        default=[], description="Before a wait for a target, while the mount still tracks the last one."
    )
    after_wait: list[Item] = Field(default=[], description="After a wait, with the mount unparked.")
    before_target: list[Item] = Field(
        default=[], description="Before the first exposure of a target that has just been pointed at anew."
    )
    after_exposure: list[Item] = Field(
        default=[], description="After each exposure, when it is saved, recorded and, with `grade`, graded."
    )
    after_target: list[Item] = Field(
        default=[], description="When another target has been chosen, or the night is over: the last one is done with."
    )
    after_each_target: list[Item] = Field(
        default=[], description="Each time that imaging leaves a target: for another one, a wait, shelter, or the end."
    )
    after_target_complete: list[Item] = Field(
        default=[], description="After the exposure with which a target wants no more."
    )
    after_night: list[Item] = Field(default=[], description="When nothing is left to image in this night.")

    @field_validator("*")
    @classmethod
    def _not_into_itself(cls, items: list[Item]) -> list[Item]:
        if any(_of_containers(item) for item in items):
            raise ValueError("a scheduler_container cannot run within another one: put it after it")
        return items

    def of(self, event: EventName) -> list[Item]:
        """Return the instructions for an event."""
        items: list[Item] = getattr(self, event)
        return items


def _of_containers(item: Item) -> bool:
    if isinstance(item, Sequential | Loop):
        return any(_of_containers(each) for each in item.run)
    return item.type == "scheduler_container"


if TYPE_CHECKING:
    Item = Sequential | Loop | Instruction
