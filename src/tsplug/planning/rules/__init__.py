"""The scoring rules: one file per rule, collected by name.

A module of this package defines one constant ``RULE``; a module without it, a name used twice or a name without a
default weight is an error at import. Rules of others come by entry point and are handed to the decision.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.model.project import RULE_WEIGHTS
from tsplug.planning.scoring import ScoringRule

__all__ = ["RULES"]


def _collect() -> dict[str, ScoringRule]:
    found: dict[str, ScoringRule] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        rule = getattr(import_module(f"{__name__}.{name}"), "RULE", None)
        if not isinstance(rule, ScoringRule):
            raise TypeError(f"tsplug.planning.rules.{name} defines no RULE")
        if rule.name in found:
            raise ValueError(f"scoring rule {rule.name!r} is defined twice")
        if rule.name not in RULE_WEIGHTS:
            raise ValueError(f"scoring rule {rule.name!r} has no default weight in tsplug.model.project.RULE_WEIGHTS")
        found[rule.name] = rule
    return found


RULES: dict[str, ScoringRule] = _collect()
"""Every scoring rule by its name, in order of its module's name."""
