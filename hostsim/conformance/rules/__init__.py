"""The rules: one file per theme or device, collected by their identifiers.

A module of this package defines one constant ``RULES``; a module without it, or an identifier used twice, is an error
at import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from hostsim.conformance.rule import Rule, RuleSet

__all__ = ["RULES"]


def _collect() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for module in sorted(iter_modules(__path__), key=lambda info: info.name):
        rules = getattr(import_module(f"{__name__}.{module.name}"), "RULES", None)
        if not isinstance(rules, RuleSet):
            raise TypeError(f"{__name__}.{module.name} defines no RULES")
        for rule in rules.rules:
            if rule.id in found:
                raise ValueError(f"rule {rule.id!r} is defined twice")
            found[rule.id] = rule
    return found


RULES: dict[str, Rule] = _collect()
"""Every rule by its identifier, in the order of files and of rules in them."""
