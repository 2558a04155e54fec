"""Names of copies: "M 42", "M 42 (1)", "M 42 (2)" (spec/target-scheduler-planner d.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SUFFIX = re.compile(r"(?P<stem>.+) \((?P<number>[1-9][0-9]{0,8})\)", re.DOTALL)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken: the name itself, or its stem with the highest suffix so far plus one."""
    others = set(taken)
    if name not in others:
        return name
    stem = _split(name)[0]
    highest = max((number for other, number in map(_split, others) if other == stem), default=0)
    return f"{stem} ({highest + 1})"


def _split(name: str) -> tuple[str, int]:
    match = _SUFFIX.fullmatch(name)
    return (match["stem"], int(match["number"])) if match else (name, 0)
