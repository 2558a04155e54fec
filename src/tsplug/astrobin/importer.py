"""What AstroBin's importer makes of a pasted acquisition CSV, by its real rules, told instead of done in silence.

Rules: AstroBin's front end of April 2025 and its help page (spec astrobin 1.1, 1.2). There is no quoting; one unknown
column or one line of another length refuses the whole paste; a value it does not like just does not appear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import inf, isfinite

from tsplug.astrobin.fields import DATE, FIELDS, Field, date_problem

COLUMNS = frozenset({DATE, "isSynthetic", *(field.name for field in FIELDS)})
"""The column names that the importer knows; case matters."""

REQUIRED = tuple(field.name for field in FIELDS if field.required)
"""The columns without which a paste is refused."""

_BY_NAME = {field.name: field for field in FIELDS}
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_OTHER_BASE = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_INFINITE = {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}

Cell = float | str


class Effect(StrEnum):
    """What AstroBin does about a fault."""

    REFUSED = "the whole paste is refused"
    ROW_REJECTED = "the row is rejected"
    DROPPED = "the cell appears empty"


@dataclass(frozen=True)
class Fault:
    """One thing that AstroBin would not take: line (from 1), column (empty for a whole line), reason and effect."""

    line: int
    column: str
    reason: str
    effect: Effect

    def __str__(self) -> str:
        """Return one line for people."""
        column = f", {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.reason}: {self.effect}"


@dataclass(frozen=True)
class Imported:
    """What AstroBin would have after an import: rows of what appears, and everything it would not take."""

    rows: tuple[dict[str, Cell], ...]
    faults: tuple[Fault, ...] = ()


def imported(text: str, *, today: date, filters: Collection[int] | None = None) -> Imported:
    """Return what AstroBin's importer makes of a text.

    Args:
        text: the CSV as it is pasted.
        today: where the user's browser is; later dates are rejected.
        filters: the filter ids that exist; any id is believed where None.
    """
    lines = text.strip().split("\n")
    header = lines[0].split(",")
    faults = [*_header_faults(header), *_length_faults(lines, len(header))]
    if not text.strip():
        faults = [Fault(1, "", "there is nothing to import", Effect.REFUSED)]
    if faults:
        return Imported((), tuple(faults))
    rows: list[dict[str, Cell]] = []
    for number, line in enumerate(lines[1:], start=2):
        row = {name: numeric(cell.strip()) for name, cell in zip(header, line.split(","), strict=True) if cell}
        found = [
            fault for name in header if (fault := _fault(number, name, cell=row.get(name), today=today)) is not None
        ]
        found += _unknown_filter(number, row, filters=filters)
        faults += found
        if not any(fault.effect is Effect.ROW_REJECTED for fault in found):
            bad = {fault.column for fault in found}
            rows.append({name: cell for name, cell in row.items() if name not in bad})
    return Imported(tuple(rows), tuple(faults))


def numeric(cell: str) -> Cell:
    """Return a cell as the importer holds it: a number where JavaScript reads one, else the text."""
    if cell in _INFINITE:
        return _INFINITE[cell]
    if _OTHER_BASE.fullmatch(cell):
        return float(int(cell, 0))
    return float(cell) if _DECIMAL.fullmatch(cell) else cell


def _header_faults(header: Sequence[str]) -> list[Fault]:
    faults = [
        Fault(1, name, f"{name!r} is no column of AstroBin{_meant(name)}", Effect.REFUSED)
        for name in header
        if name not in COLUMNS
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults += [Fault(1, name, "the column occurs twice", Effect.DROPPED) for name in twice if name in COLUMNS]
    faults += [Fault(1, name, "the column is missing", Effect.REFUSED) for name in REQUIRED if name not in header]
    return faults


def _meant(name: str) -> str:
    squeezed = re.sub(r"[^a-z]", "", name.casefold())
    known = next((column for column in sorted(COLUMNS) if column.casefold() == squeezed), "")
    return f"; it is spelt {known!r}, and nothing may stand around it" if known else ""


def _length_faults(lines: Sequence[str], width: int) -> list[Fault]:
    return [
        Fault(number, "", f"has {count} cells, the first line {width}; no cell may hold a comma", Effect.REFUSED)
        for number, line in enumerate(lines, start=1)
        if (count := line.count(",") + 1) != width
    ]


def _fault(line: int, name: str, *, cell: Cell | None, today: date) -> Fault | None:
    if name == DATE:
        problem = "" if cell is None else _date_problem(cell, today)
        return Fault(line, name, problem, Effect.ROW_REJECTED) if problem else None
    field = _BY_NAME.get(name)
    if field is None:
        return None
    problem = _number_problem(field, cell)
    effect = Effect.ROW_REJECTED if field.required else Effect.DROPPED
    return Fault(line, name, problem, effect) if problem else None


def _number_problem(field: Field, cell: Cell | None) -> str:
    if isinstance(cell, str):
        if field.name == "filter":
            return f"{cell!r} is a name; AstroBin wants the number in the address of the filter's page"
        return f"{cell!r} is no number"
    if cell is not None and not isfinite(cell):
        return f"{cell} is no number"
    return field.problem(cell)


def _date_problem(cell: Cell, today: date) -> str:
    if not isinstance(cell, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return f"{cell!r} is no date like 2026-01-15"
    try:
        return date_problem(date.fromisoformat(cell), today)
    except ValueError:
        return f"{cell!r} is no day of the calendar"


def _unknown_filter(line: int, row: dict[str, Cell], *, filters: Collection[int] | None) -> list[Fault]:
    cell = row.get("filter")
    if filters is None or not isinstance(cell, float) or cell in filters:
        return []
    return [Fault(line, "filter", f"AstroBin has no filter {cell:g}", Effect.DROPPED)]
