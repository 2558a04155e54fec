"""The tests of the statistical grader: one file per test, collected by name, and one for every other metric.

A module of this package defines one constant ``CHECK``; a module without it, or a place in the order used twice, is an
error at import. A metric without such a module is tested as its own file in `tsplug.metrics` says, after all of these.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.grading.finding import Check
from tsplug.grading.metric_check import metric_check
from tsplug.metrics import METRICS
from tsplug.model import GraderPreferences

__all__ = ["METRIC_CHECKS", "OWN_CHECKS", "wanted_checks"]

_AFTER_ALL = 1000


def _collect() -> tuple[Check, ...]:
    found: dict[int, Check] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        check: Check | None = getattr(import_module(f"{__name__}.{name}"), "CHECK", None)
        if check is None:
            raise TypeError(f"tsplug.grading.checks.{name} defines no CHECK")
        if check.order in found:
            raise ValueError(f"check {name!r} and check {found[check.order].title!r} have one place in the order")
        found[check.order] = check
    return tuple(found[order] for order in sorted(found))


OWN_CHECKS: tuple[Check, ...] = _collect()
"""The tests that have files of their own and preferences by name, in the order in which they are made."""

METRIC_CHECKS: dict[str, Check] = {
    key: metric_check(METRICS[key], order=_AFTER_ALL + place)
    for place, key in enumerate(sorted(METRICS.keys() - {check.metric for check in OWN_CHECKS}))
}
"""The tests of all other metrics by their keys, in the order in which they are made after the others."""

_UNASKED = {key for key in METRIC_CHECKS if METRICS[key].among_peers.graded}


def wanted_checks(preferences: GraderPreferences) -> list[Check]:
    """Return the tests that a profile wants, in the order in which they are made."""
    others = sorted((preferences.metrics.keys() & METRIC_CHECKS.keys()) | _UNASKED)
    asked = [*OWN_CHECKS, *(METRIC_CHECKS[key] for key in others)]
    return [check for check in asked if check.enabled(preferences)]
