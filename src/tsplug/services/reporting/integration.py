"""Accepted time by night and filter, drawn and in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsplug.model import GradingStatus
from tsplug.ports import ExposureTally
from tsplug.services.reporting.drawing.night_bars import MOST_NIGHTS, NightBars, Share, night_bars
from tsplug.services.reporting.figures import by_filter, by_night, time_text, total
from tsplug.services.reporting.page import Section

_HOUR_S = 3600.0


@dataclass(frozen=True)
class Integration:
    """Bars, and per night its date, the accepted time in each filter (empty where none) and in all."""

    bars: NightBars | None
    filters: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str], str]]


def integration_section(tallies: Sequence[ExposureTally], colours: Mapping[str, str]) -> Section:
    """Return the accepted time of the newest nights, the newest first, and of all nights together last."""
    nights = by_night(tallies)
    names = list(by_filter(tallies))
    shown = {night: nights[night] for night in list(nights)[-MOST_NIGHTS:]}
    bars = night_bars([(night, _shares(own, colours)) for night, own in shown.items() if night is not None])
    rows = [_row("not known" if night is None else night.isoformat(), own, names=names) for night, own in shown.items()]
    rows = [*reversed(rows), _row("Total", tallies, names=names)]
    note = f"The newest {len(shown)} of {len(nights)} nights are shown; the total is of all." * (
        len(shown) < len(nights)
    )
    value = Integration(bars, [(name, colours[name]) for name in names], rows) if tallies else None
    return Section("integration", "Accepted time by night", value, note, nothing="No light was taken.")


def _shares(tallies: Sequence[ExposureTally], colours: Mapping[str, str]) -> list[Share]:
    return [
        Share(name, colours[name], sums.seconds[GradingStatus.ACCEPTED] / _HOUR_S)
        for name, sums in by_filter(tallies).items()
    ]


def _row(name: str, tallies: Sequence[ExposureTally], *, names: Sequence[str]) -> tuple[str, Sequence[str], str]:
    found = by_filter(tallies)
    seconds = [found[each].seconds[GradingStatus.ACCEPTED] if each in found else None for each in names]
    cells = ["" if own is None else time_text(own) for own in seconds]
    return name, cells, time_text(total(tallies).seconds[GradingStatus.ACCEPTED])
