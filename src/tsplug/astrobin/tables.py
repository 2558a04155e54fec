"""Tables of plain text, and durations as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum

_GAP = "  "


def text_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a header, a rule and the rows; the first column leans left, all others right."""
    widths = [max(len(row[place]) for row in (columns, *rows)) for place in range(len(columns))]
    rule = ["-" * width for width in widths]
    return [_line(row, widths) for row in (columns, rule, *rows)]


def duration_text(seconds: Iterable[float]) -> str:
    """Return the sum of seconds as hours, minutes and seconds, without leading zero parts."""
    total = fsum(seconds)
    minutes, rest = divmod(round(total), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min {rest:02d} s"
    if minutes:
        return f"{minutes} min {rest:02d} s"
    return f"{total:.4g} s"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return _GAP.join([f"  {first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)]).rstrip()
