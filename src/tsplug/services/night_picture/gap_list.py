"""Writes what keeps a night from being full: below its bar, and as a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from tsplug.services.night_picture.canvas import FAINT, INK, LEFT, RIGHT, WIDTH, Canvas, Frame
from tsplug.services.night_picture.gaps import Gap

LIST_TOP = 748
_MOST = 3
_LINE, _EDGE = 18, 20
_X = RIGHT + 28


def write_gaps(canvas: Canvas, gaps: Sequence[Gap], *, frame: Frame, y: float) -> None:
    """Write causes below the gaps that are wide enough, at a height."""
    for gap in gaps:
        left, right = (max(LEFT, min(RIGHT, frame.x(each))) for each in (gap.start, gap.end))
        if canvas.width_of(gap.cause, size=13) + 8 < right - left:
            canvas.text(((left + right) / 2, y), gap.cause, size=13, style=("mm", FAINT))


def list_gaps(canvas: Canvas, gaps: Sequence[Gap], *, zone: ZoneInfo) -> None:
    """List the longest gaps in order of time, each with its hours, and below them who is kept and by what."""
    if not gaps:
        return
    longest = sorted(gaps, key=lambda gap: gap.start - gap.end)[:_MOST]
    canvas.text((_X, LIST_TOP), _title(len(gaps), len(longest)), size=14, style=("lm", INK))
    y = LIST_TOP + _LINE + 4
    for gap in sorted(longest, key=lambda gap: gap.start):
        hours = "-".join(f"{each.astimezone(zone):%H:%M}" for each in (gap.start, gap.end))
        words = _fitting(canvas, f"{hours}  {gap.target}: {gap.cause}")
        for line in words:
            canvas.text((_X, y), line, size=13, style=("lm", FAINT))
            y += _LINE


def _title(number: int, shown: int) -> str:
    return "nothing imaged in the dark:" if number == shown else f"nothing imaged in the dark, {shown} of {number}:"


def _fitting(canvas: Canvas, words: str) -> list[str]:
    """Return words in no more than two lines, the second cut where it is too long."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if canvas.width_of(longer, size=13) > WIDTH - _EDGE - _X and lines[-1]:
            lines.append(f"   {word}")
        else:
            lines[-1] = longer
    if len(lines) > 2:
        lines[1:] = [f"{lines[1]}\N{HORIZONTAL ELLIPSIS}"]
    return lines
