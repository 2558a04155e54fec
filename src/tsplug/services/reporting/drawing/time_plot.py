"""A value over one night or many as geometry, with the grade of each light and the filter it was taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from tsplug.services.reporting.drawing.levels import Tick, round_levels
from tsplug.services.reporting.drawing.time_axis import time_axis

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 948, 40, 256
MOST_DOTS = 1000
"""How many lights one plot draws; of more, evenly chosen ones."""

_LABEL_WIDTH = 8


@dataclass(frozen=True)
class Sample:
    """One light's value at its middle: its night, target, filter with the filter's colour, grade, and what it tells."""

    moment: datetime
    value: float
    night: date
    target_name: str
    filter_name: str
    colour: str
    grade: str
    title: str


@dataclass(frozen=True)
class Dot:
    """A sample in its place."""

    x: float
    y: float
    sample: Sample


@dataclass(frozen=True)
class Line:
    """The line through the lights of one filter, in its colour."""

    colour: str
    points: str


@dataclass(frozen=True)
class Run:
    """Lights in a row that share a name: the name above the plot (empty where it has no room) and their lines."""

    x: float
    width: float
    label: str
    name: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Band:
    """Lights in a row of one filter, shown below the plot."""

    x: float
    width: float
    colour: str
    name: str


@dataclass(frozen=True)
class Plot:
    """A value over time; ``total`` lights have it, of which `dots` are drawn."""

    title: str
    unit: str
    dots: tuple[Dot, ...]
    runs: tuple[Run, ...]
    bands: tuple[Band, ...]
    times: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    total: int


def plot(
    title: str, samples: Sequence[Sample], *, unit: str, zone: ZoneInfo, floor_at_zero: bool = False
) -> Plot | None:
    """Return the geometry of a plot with local hours or dates, or None without samples.

    Args:
        title: what is shown.
        samples: by time.
        unit: of the values.
        zone: whose hours the axis shows.
        floor_at_zero: whether the axis begins at zero however high the values are.
    """
    if not samples:
        return None
    drawn = evenly(samples, MOST_DOTS)
    axis = time_axis([(sample.night, sample.moment) for sample in drawn], between=(LEFT, RIGHT), zone=zone)
    values = [sample.value for sample in drawn] + ([0.0] if floor_at_zero else [])
    levels = round_levels(min(values), max(values))
    low, high = levels[0], levels[-1]

    def up(value: float) -> float:
        return round(BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP), 1)

    dots = tuple(Dot(axis.stretches[sample.night].place(sample.moment), up(sample.value), sample) for sample in drawn)
    return Plot(
        title=title,
        unit=unit,
        dots=dots,
        runs=tuple(_run(list(members)) for _, members in groupby(dots, key=_night_and_target)),
        bands=tuple(_band(list(members)) for _, members in groupby(dots, key=_night_and_filter)),
        times=axis.ticks,
        levels=tuple(Tick(up(level), f"{level:g}") for level in levels),
        total=len(samples),
    )


def evenly(samples: Sequence[Sample], most: int) -> Sequence[Sample]:
    """Return no more than so many samples, chosen at even distances, the first and the last among them."""
    if len(samples) <= most:
        return samples
    return [samples[round(place * (len(samples) - 1) / (most - 1))] for place in range(most)]


def _night_and_target(dot: Dot) -> tuple[date, str]:
    return dot.sample.night, dot.sample.target_name


def _night_and_filter(dot: Dot) -> tuple[date, str]:
    return dot.sample.night, dot.sample.filter_name


def _run(members: list[Dot]) -> Run:
    x, width = members[0].x, members[-1].x - members[0].x
    name = members[0].sample.target_name
    by_colour: dict[tuple[str, str], list[Dot]] = defaultdict(list)
    for dot in members:
        by_colour[(dot.sample.filter_name, dot.sample.colour)].append(dot)
    lines = tuple(Line(colour, " ".join(f"{dot.x},{dot.y}" for dot in dots)) for (_, colour), dots in by_colour.items())
    return Run(x, round(width, 1), name if width >= len(name) * _LABEL_WIDTH else "", name, lines)


def _band(members: list[Dot]) -> Band:
    first = members[0]
    return Band(first.x, round(members[-1].x - first.x, 1), first.sample.colour, first.sample.filter_name)
