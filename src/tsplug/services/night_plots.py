"""Plots of a night as geometry: what the page draws as inline SVG, in units of its viewBox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

WIDTH, HEIGHT = 960, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 948, 40, 268
_PADDING = 0.08
_SAME = 1e-6
_LABEL_WIDTH = 8
_TICKS = 5
_LEAST_SPAN = timedelta(minutes=10)


@dataclass(frozen=True)
class Sample:
    """One light's value at its middle, and how it is drawn: CSS class of its filter, shape of its target, mark."""

    moment: datetime
    value: float
    target_name: str
    colour: str
    shape: str
    mark: str
    title: str


@dataclass(frozen=True)
class Dot:
    """A sample in its place."""

    x: float
    y: float
    sample: Sample


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its label."""

    place: float
    label: str


@dataclass(frozen=True)
class Run:
    """Lights of one target in a row: the name above the plot (empty where it has no room) and the line through them."""

    x: float
    width: float
    label: str
    target_name: str
    line: str


@dataclass(frozen=True)
class Plot:
    """A value over the night."""

    title: str
    unit: str
    dots: tuple[Dot, ...]
    runs: tuple[Run, ...]
    times: tuple[Tick, ...]
    levels: tuple[Tick, ...]


def plot(
    title: str, samples: Sequence[Sample], *, unit: str, zone: ZoneInfo, floor_at_zero: bool = False
) -> Plot | None:
    """Return the geometry of a plot with local hours, or None without samples.

    Args:
        title: what is shown.
        samples: by time.
        unit: of the values.
        zone: whose hours the axis shows.
        floor_at_zero: whether the axis begins at zero however high the values are.
    """
    if not samples:
        return None
    start, end = _span(samples)
    values = [sample.value for sample in samples] + ([0.0] if floor_at_zero else [])
    levels = _levels(min(values), max(values))
    low, high = levels[0], levels[-1]

    def across(moment: datetime) -> float:
        return round(_LEFT + (moment - start) / (end - start) * (_RIGHT - _LEFT), 1)

    def up(value: float) -> float:
        return round(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP), 1)

    dots = tuple(Dot(across(sample.moment), up(sample.value), sample) for sample in samples)
    return Plot(
        title=title,
        unit=unit,
        dots=dots,
        runs=tuple(_run(list(members)) for _, members in groupby(dots, key=lambda dot: dot.sample.target_name)),
        times=tuple(Tick(across(hour), f"{hour.astimezone(zone):%H:%M}") for hour in _hours(start, end, zone=zone)),
        levels=tuple(Tick(up(level), f"{level:g}") for level in levels),
    )


def _span(samples: Sequence[Sample]) -> tuple[datetime, datetime]:
    first, last = min(sample.moment for sample in samples), max(sample.moment for sample in samples)
    margin = max(_LEAST_SPAN, (last - first) * 0.02)
    return first - margin, last + margin


def _levels(low: float, high: float) -> list[float]:
    """Return round numbers at equal distances that enclose the values."""
    # Values that differ by less than rounding shows are one value: a plot of them needs an axis of some height.
    same = high - low <= max(abs(low), abs(high), 1.0) * _SAME
    margin = max(abs(high) * _PADDING, 1.0) if same else (high - low) * _PADDING
    low, high = (low - margin if low != 0 else 0.0), high + margin
    rough = (high - low) / _TICKS
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [round(index * step, 10) for index in range(floor(low / step), ceil(high / step) + 1)]


def _hours(start: datetime, end: datetime, *, zone: ZoneInfo) -> list[datetime]:
    # Back in UTC, because a sum of local times ignores that clocks change.
    whole = start.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    spacing = max(1, ceil((end - start) / timedelta(hours=12)))
    hours = (whole + timedelta(hours=count) for count in range(0, 48, spacing))
    return [hour for hour in hours if start <= hour <= end] or [start]


def _run(members: list[Dot]) -> Run:
    x, width = members[0].x, members[-1].x - members[0].x
    name = members[0].sample.target_name
    label = name if width >= len(name) * _LABEL_WIDTH else ""
    return Run(x, round(width, 1), label, name, " ".join(f"{dot.x},{dot.y}" for dot in members))
