"""What can go wrong with the simulators."""

from __future__ import annotations

from generator.tables import fields, table

from hostsim.faults import FAULTS
from hostsim.faults.parts.fault import Fault


def every_fault() -> str:
    """Return the fields that all faults have."""
    return fields(Fault, without=["type"])


def faults() -> str:
    """Return every fault in one table, then each with its own fields."""
    shared = [*Fault.model_fields]
    overview = table(
        ["fault", "what happens"], [[f"[`{name}`](#{name})", fault.help] for name, fault in FAULTS.items()]
    )
    parts = [overview]
    for name, fault in FAULTS.items():
        own = [key for key in fault.model_fields if key not in shared]
        shown = fields(fault, without=shared) if own else "It has no fields of its own."
        parts.append(f"### {name}\n\n{fault.help}\n\n{shown}")
    return "\n\n".join(parts)
