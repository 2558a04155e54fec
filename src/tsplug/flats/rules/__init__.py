"""The due rules: one file per rule, collected by the project settings they serve.

A module of this package defines one constant ``RULE``; a module without it, or a setting served twice or by none, is an
error at import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.flats.scope import DueRule
from tsplug.model import FLATS_CADENCES, FLATS_IMMEDIATE, FLATS_OFF, FLATS_ON_COMPLETION

__all__ = ["RULES"]


def _collect() -> dict[int, DueRule]:
    found: dict[int, DueRule] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        rule = getattr(import_module(f"{__name__}.{name}"), "RULE", None)
        if not isinstance(rule, DueRule):
            raise TypeError(f"tsplug.flats.rules.{name} defines no RULE")
        for handling in rule.handlings:
            if handling in found:
                raise ValueError(f"flats handling {handling} is served by {found[handling].name!r} and {rule.name!r}")
            found[handling] = rule
    unserved = {FLATS_OFF, *FLATS_CADENCES, FLATS_ON_COMPLETION, FLATS_IMMEDIATE} - set(found)
    if unserved:
        raise ValueError(f"no due rule serves flats handling {sorted(unserved)}")
    return found


RULES: dict[int, DueRule] = _collect()
"""Every due rule by the flats handling of the projects it serves."""
