"""Round numbers for an axis."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_PADDING = 0.08
_SAME = 1e-6
_TICKS = 5


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its label."""

    place: float
    label: str


def round_levels(low: float, high: float) -> list[float]:
    """Return round numbers at equal distances that enclose values; the axis keeps a margin but at zero."""
    # Values that differ by less than rounding shows are one value: a plot of them needs an axis of some height.
    same = high - low <= max(abs(low), abs(high), 1.0) * _SAME
    margin = max(abs(high) * _PADDING, 1.0) if same else (high - low) * _PADDING
    low, high = (low - margin if low != 0 else 0.0), high + margin
    rough = (high - low) / _TICKS
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [round(index * step, 10) for index in range(floor(low / step), ceil(high / step) + 1)]
