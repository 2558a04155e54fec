"""The faults of a night as data: what a sequence or a configuration lists, and what is added to a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field, TypeAdapter

from hostsim.faults import FAULTS
from hostsim.faults.parts.fault import Fault

if TYPE_CHECKING:
    AnyFault = Fault
else:
    AnyFault = Annotated[Union[*FAULTS.values()], Field(discriminator="type")]

FaultSchedule = tuple[AnyFault, ...]
"""Faults in any order; each says when it begins."""

FAULT_ADAPTER: TypeAdapter[Fault] = TypeAdapter(AnyFault)
"""Makes a fault from plain data."""
