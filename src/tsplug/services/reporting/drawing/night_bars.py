"""Integration time per night as stacked bars, one colour per filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tsplug.services.reporting.drawing.levels import Tick, round_levels

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 948, 16, 224
MOST_NIGHTS = 60
"""How many nights are drawn and listed; of more, the newest."""

_WIDEST = 56.0
_FILLED = 0.72
_LABEL_WIDTH = 78.0


@dataclass(frozen=True)
class Share:
    """What one filter got in a night, in hours; ``colour`` is its CSS class."""

    filter_name: str
    colour: str
    hours: float


@dataclass(frozen=True)
class Block:
    """A share in its place."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str


@dataclass(frozen=True)
class NightBars:
    """Blocks, hours at the side, dates below."""

    blocks: tuple[Block, ...]
    levels: tuple[Tick, ...]
    nights: tuple[Tick, ...]


def night_bars(nights: Sequence[tuple[date, Sequence[Share]]]) -> NightBars | None:
    """Return the bars of nights, oldest first, or None where none has anything to show."""
    highest = max((sum(share.hours for share in shares) for _, shares in nights), default=0.0)
    if highest <= 0:
        return None
    levels = round_levels(0.0, highest)
    room = (RIGHT - LEFT) / len(nights)
    width = round(min(_WIDEST, room * _FILLED), 2)
    per_hour = (BOTTOM - TOP) / levels[-1]
    blocks: list[Block] = []
    labels: list[Tick] = []
    for place, (night, shares) in enumerate(nights):
        middle = round(LEFT + (place + 0.5) * room, 2)
        blocks += _stack(night, shares, x=round(middle - width / 2, 2), width=width, per_hour=per_hour)
        if not labels or middle - labels[-1].place >= _LABEL_WIDTH:
            labels.append(Tick(middle, night.isoformat()))
    ticks = tuple(Tick(round(BOTTOM - level * per_hour, 1), f"{level:g}") for level in levels)
    return NightBars(tuple(blocks), ticks, tuple(labels))


def _stack(night: date, shares: Sequence[Share], *, x: float, width: float, per_hour: float) -> list[Block]:
    blocks, base = [], float(BOTTOM)
    for share in shares:
        height = share.hours * per_hour
        base -= height
        if height > 0:
            title = f"{night} {share.filter_name}: {share.hours:.2f} h"
            blocks.append(Block(x, round(base, 2), width, round(height, 2), share.colour, title))
    return blocks
