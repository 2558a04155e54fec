"""The scoring rules that are installed: tsplug's own, and those that packages offer by entry point."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from tsplug.errors import InputError
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule

ENTRY_POINT_GROUP = "tsplug.scoring_rules"
"""Where packages offer scoring rules: each entry point leads to a `ScoringRule`."""


class InstalledRules(NamedTuple):
    """The rules by name: tsplug's own first, then others in the order of their names; and why some are left out."""

    rules: Mapping[str, ScoringRule]
    troubles: tuple[str, ...]


@lru_cache(maxsize=1)
def installed_rules() -> InstalledRules:
    """Return every scoring rule that can be used.

    What leads to something else, cannot be loaded, or takes a name that is taken, is left out: a package that broke
    must not end a night.
    """
    rules = dict(RULES)
    troubles = []
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda each: each.name):
        try:
            rule = _loaded(entry, taken=rules)
        except InputError as error:
            troubles.append(f"{error}; it is left out")
        else:
            rules[rule.name] = rule
    return InstalledRules(MappingProxyType(rules), tuple(troubles))


def _loaded(entry: EntryPoint, *, taken: Collection[str]) -> ScoringRule:
    try:
        rule: object = entry.load()
    except Exception as error:
        raise InputError(f"scoring rule {entry.value} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(rule, ScoringRule):
        raise InputError(f"scoring rule {entry.value} is no ScoringRule")
    name, weight = _untyped(rule.name), _untyped(rule.weight)
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"scoring rule {name!r} of {entry.value} has a name that is none")
    if weight is not None and not _is_weight(weight):
        raise InputError(f"scoring rule {name!r} of {entry.value} has a weight that is none: {weight!r}")
    if rule.name in taken:
        raise InputError(f"scoring rule {rule.name!r} of {entry.value} has a name that is taken")
    return rule


def _untyped(value: object) -> object:
    """Return what a package gave, which nobody checked against its annotations."""
    return value


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < inf
