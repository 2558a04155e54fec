"""The tests of the statistical grader: one file per test, collected by name.

A module of this package defines one constant ``CHECK``; a module without it, or a place in the order used twice, is an
error at import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.grading.finding import Check

__all__ = ["CHECKS"]


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


CHECKS: tuple[Check, ...] = _collect()
"""Every test, in the order in which they are made."""
