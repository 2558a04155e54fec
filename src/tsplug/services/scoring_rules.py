"""The scoring rules that are installed: tsplug's own, and those that packages offer by entry point."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import entry_points

from tsplug.errors import InputError
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule

ENTRY_POINT_GROUP = "tsplug.scoring_rules"
"""Where packages offer scoring rules: each entry point leads to a `ScoringRule`."""


@lru_cache(maxsize=1)
def installed_rules() -> dict[str, ScoringRule]:
    """Return every scoring rule by its name: tsplug's own first, then others in the order of their names.

    Raises:
        InputError: an entry point leads to something else, cannot be loaded, or takes a name that is taken.
    """
    rules = dict(RULES)
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda each: each.name):
        try:
            rule = entry.load()
        except Exception as error:
            raise InputError(f"scoring rule {entry.value} cannot be loaded: {error}") from error
        if not isinstance(rule, ScoringRule):
            raise InputError(f"scoring rule {entry.value} is no ScoringRule; mend or remove the package")
        if rule.name in rules:
            raise InputError(f"scoring rule {rule.name!r} of {entry.value} has a name that is taken")
        rules[rule.name] = rule
    return rules
