"""An axis of time on which nights lie side by side, without the days between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from tsplug.services.reporting.drawing.levels import Tick

_LEAST_SPAN = timedelta(minutes=10)
_MARGIN = 0.02
_WIDEST_GAP = 10.0
_GAP_SHARE = 0.2
_LABEL_WIDTH = 78.0


@dataclass(frozen=True)
class Stretch:
    """One night on the axis: from when to when it is drawn, and where."""

    night: date
    start: datetime
    end: datetime
    left: float
    right: float

    def place(self, moment: datetime) -> float:
        """Return where a moment of this night lies."""
        return round(self.left + (moment - self.start) / (self.end - self.start) * (self.right - self.left), 1)


@dataclass(frozen=True)
class TimeAxis:
    """The nights by date, and the labels: hours of a single night, else dates."""

    stretches: Mapping[date, Stretch]
    ticks: tuple[Tick, ...]


def time_axis(moments: Sequence[tuple[date, datetime]], *, between: tuple[float, float], zone: ZoneInfo) -> TimeAxis:
    """Return the axis for moments, each with the night it belongs to; nights are as wide as they are long.

    Args:
        moments: at least one.
        between: where the axis begins and ends.
        zone: whose hours a single night shows.
    """
    spans: dict[date, tuple[datetime, datetime]] = {}
    for night, moment in moments:
        first, last = spans.get(night, (moment, moment))
        spans[night] = (min(first, moment), max(last, moment))
    margins = {night: max(_LEAST_SPAN, (last - first) * _MARGIN) for night, (first, last) in spans.items()}
    padded = {n: (first - margins[n], last + margins[n]) for n, (first, last) in sorted(spans.items())}
    stretches = _side_by_side(padded, between=between)
    only = next(iter(stretches.values()))
    return TimeAxis(stretches, _hours(only, zone=zone) if len(stretches) == 1 else _dates(stretches))


def _side_by_side(
    spans: Mapping[date, tuple[datetime, datetime]], *, between: tuple[float, float]
) -> dict[date, Stretch]:
    left, right = between
    gaps = len(spans) - 1
    gap = min(_WIDEST_GAP, _GAP_SHARE * (right - left) / gaps) if gaps else 0.0
    per_second = (right - left - gap * gaps) / sum((end - start).total_seconds() for start, end in spans.values())
    stretches, place = {}, left
    for night, (start, end) in spans.items():
        width = (end - start).total_seconds() * per_second
        stretches[night] = Stretch(night, start, end, round(place, 2), round(min(place + width, right), 2))
        place += width + gap
    return stretches


def _hours(only: Stretch, *, zone: ZoneInfo) -> tuple[Tick, ...]:
    # Back in UTC, because a sum of local times ignores that clocks change.
    whole = only.start.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    spacing = max(1, ceil((only.end - only.start) / timedelta(hours=12)))
    hours = (whole + timedelta(hours=count) for count in range(0, 48, spacing))
    shown = [hour for hour in hours if only.start <= hour <= only.end] or [only.start]
    return tuple(Tick(only.place(hour), f"{hour.astimezone(zone):%H:%M}") for hour in shown)


def _dates(stretches: Mapping[date, Stretch]) -> tuple[Tick, ...]:
    """Return the dates of nights, as many as find room."""
    ticks: list[Tick] = []
    for stretch in stretches.values():
        middle = round((stretch.left + stretch.right) / 2, 1)
        if not ticks or middle - ticks[-1].place >= _LABEL_WIDTH:
            ticks.append(Tick(middle, stretch.night.isoformat()))
    return tuple(ticks)
