"""What can go wrong with simulated equipment: one file each, collected by their type.

A module of this package defines one constant ``FAULT``; a module without it, or a type used twice, is an error at
import. What they are made of, and the board that makes them happen, is in `hostsim.faults.parts`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from hostsim.faults.parts.fault import Fault

__all__ = ["FAULTS"]


def _collect() -> dict[str, type[Fault]]:
    found: dict[str, type[Fault]] = {}
    for module in sorted(iter_modules(__path__), key=lambda info: info.name):
        if module.ispkg:
            continue
        fault = getattr(import_module(f"{__name__}.{module.name}"), "FAULT", None)
        if not (isinstance(fault, type) and issubclass(fault, Fault)):
            raise TypeError(f"{__name__}.{module.name} defines no FAULT")
        name = fault.model_fields["type"].default
        if name in found:
            raise ValueError(f"fault {name!r} is defined twice")
        found[name] = fault
    return found


FAULTS: dict[str, type[Fault]] = _collect()
"""Every fault by its type, in name order."""
