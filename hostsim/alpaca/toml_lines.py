"""Where in a TOML text a value stands: the standard library reads TOML, but does not tell lines."""

from __future__ import annotations

import re
from collections import Counter

Path = tuple[str | int, ...]

_NAME = r'(?:[\w-]+|"[^"]*"|\'[^\']*\')'
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLES = re.compile(rf"\s*\[\[\s*({_NAMES})\s*\]\]")
_TABLE = re.compile(rf"\s*\[\s*({_NAMES})\s*\]")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table and key of a valid TOML text by its path.

    Keys within an inline table stand where the table does, and are not listed.
    """
    lines: dict[Path, int] = {(): 1}
    counts: Counter[Path] = Counter()
    here: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLES.match(line):
            here = _counted(_split(match[1]), counts)
        elif match := _TABLE.match(line):
            here = _resolved(_split(match[1]), counts)
        elif match := _KEY.match(line):
            lines.setdefault((*here, *_split(match[1])), number)
            continue
        else:
            continue
        lines.setdefault(here, number)
    return lines


def nearest_line(lines: dict[Path, int], path: Path) -> int:
    """Return the line of ``path``, or of what it lies in."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def dotted(path: Path) -> str:
    """Return a path as it is written, devices counted from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _split(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, dotted)]


def _counted(names: list[str], counts: Counter[Path]) -> Path:
    path = (*_resolved(names[:-1], counts), names[-1])
    counts[path] += 1
    return (*path, counts[path] - 1)


def _resolved(names: list[str], counts: Counter[Path]) -> Path:
    path: Path = ()
    for name in names:
        path = (*path, name)
        if counts[path]:
            path = (*path, counts[path] - 1)
    return path
