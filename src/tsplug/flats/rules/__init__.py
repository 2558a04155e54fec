"""The due rules: one file per rule, collected by name.

A module of this package defines one constant ``RULE``; a module without it, a name used twice, or a project setting
that no rule serves is an error at import. A cadence may be served by several rules: the profile names one of them as
its ``flats.due_rule``. Every other setting has one rule.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.errors import InputError
from tsplug.flats.scope import DueRule
from tsplug.model import FLATS_CADENCES, FLATS_IMMEDIATE, FLATS_OFF, FLATS_ON_COMPLETION

__all__ = ["RULES", "cadence_rules", "collect", "rule_for"]

_ALONE = frozenset({FLATS_OFF, FLATS_ON_COMPLETION, FLATS_IMMEDIATE})


def collect() -> dict[str, DueRule]:
    """Return the rules of all modules of this package by name, in order of the modules' names.

    Raises:
        TypeError: a module defines no rule.
        ValueError: a name is used twice, a setting is served by none, or one that has a single rule by two.
    """
    found: dict[str, DueRule] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        rule = getattr(import_module(f"{__name__}.{name}"), "RULE", None)
        if not isinstance(rule, DueRule):
            raise TypeError(f"tsplug.flats.rules.{name} defines no RULE")
        if rule.name in found:
            raise ValueError(f"due rule {rule.name!r} is defined twice")
        found[rule.name] = rule
    for handling in (*sorted(_ALONE), *FLATS_CADENCES):
        serving = [rule.name for rule in found.values() if handling in rule.handlings]
        if not serving or (handling in _ALONE and len(serving) > 1):
            raise ValueError(f"flats handling {handling} is served by {' and '.join(serving) or 'no due rule'}")
    return found


RULES: dict[str, DueRule] = collect()
"""Every due rule by its name."""


def cadence_rules() -> tuple[str, ...]:
    """Return the names of the rules among which a profile chooses for projects with a cadence."""
    return tuple(rule.name for rule in RULES.values() if rule.handlings & set(FLATS_CADENCES))


def rule_for(handling: int, *, cadence_rule: str) -> DueRule:
    """Return the rule of a project's flats handling; that of a cadence is named by the profile.

    Raises:
        InputError: there is no such rule for a cadence.
    """
    serving = {rule.name: rule for rule in RULES.values() if handling in rule.handlings}
    if handling in _ALONE:
        return next(iter(serving.values()))
    if cadence_rule not in serving:
        raise InputError(
            f"flats.due_rule is {cadence_rule!r}, and no rule of that name serves a cadence; "
            f"there are {', '.join(cadence_rules())}"
        )
    return serving[cadence_rule]
