"""The instructions of a sequence: one file each, collected by their type.

A module of this package defines one constant ``INSTRUCTION``; a module without it, or a type used twice, is an error at
import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import BaseModel, Field

from hostsim.sequence.containers import EventLists, Loop, Sequential
from hostsim.sequence.instruction import Instruction

__all__ = ["INSTRUCTIONS", "Item"]


def _collect() -> dict[str, type[Instruction]]:
    found: dict[str, type[Instruction]] = {}
    for module in sorted(iter_modules(__path__), key=lambda info: info.name):
        instruction = getattr(import_module(f"{__name__}.{module.name}"), "INSTRUCTION", None)
        if not (isinstance(instruction, type) and issubclass(instruction, Instruction)):
            raise TypeError(f"{__name__}.{module.name} defines no INSTRUCTION")
        name = instruction.model_fields["type"].default
        if name in found:
            raise ValueError(f"instruction {name!r} is defined twice")
        found[name] = instruction
    return found


INSTRUCTIONS: dict[str, type[Instruction]] = _collect()
"""Every instruction by its type, in name order."""

if TYPE_CHECKING:
    Item = Sequential | Loop | Instruction
else:
    Item = Annotated[Union[Sequential, Loop, *INSTRUCTIONS.values()], Field(discriminator="type")]

# What holds instructions can be understood only now that all of them are known.
_models: tuple[type[BaseModel], ...] = (Sequential, Loop, EventLists, *INSTRUCTIONS.values())
for _model in _models:
    _model.model_rebuild(_types_namespace={"Item": Item})
