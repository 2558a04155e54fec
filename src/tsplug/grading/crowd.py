"""Comparable frames that several frames are held against, each apart from itself, and what they have in common."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from functools import cached_property
from typing import NamedTuple, Protocol

from tsplug.grading.levels import Levels, Usual, nights_of
from tsplug.grading.night_levels import Night, Sample, Yardstick, middle
from tsplug.model import AcquiredImage

MINIMUM_PEERS = 3
"""With fewer other frames nothing can be said of a spread, so a frame is accepted by rule."""

UNSTEADY = 1.75
"""Guiding errors so many times larger than usual make a frame no standard for the sizes of stars: wind shakes it."""


class Scale(Protocol):
    """What of `tsplug.grading.harm.Harm` levels need; scales of one class are alike."""

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return the harm of a value that a frame has."""
        ...

    def air(self, airmass: float) -> float:
        """Return the coordinate in which air makes this harm grow evenly."""
        ...

    def noise(self, values: Sequence[float]) -> float:
        """Return the standard deviation of the harm that values like these have from chance alone."""
        ...


def night_of(image: AcquiredImage) -> date:
    """Return the night of a frame; where its site is not known, the UTC date of the last noon before it."""
    return image.session_date or (image.started.astimezone(UTC) - timedelta(hours=12)).date()


@dataclass(frozen=True)
class _Column:
    """The frames that have a metric, by guid, with their nights, and the values sorted."""

    samples: dict[str, tuple[date, Sample]]
    values: dict[str, float]
    ordered: list[float]


class _Terms(NamedTuple):
    """On which terms frames have the same levels: up to ``steady`` of guiding error, by the same yardstick."""

    metric: str
    scale: type
    steady: float
    yardstick: Yardstick
    newest: int | None


class Crowd:
    """Comparable frames, newest first.

    Args:
        frames: the frames; those held against them may be among them, and are left out of what they are held against.
        newest: the spread rests on so many of the newest; None takes all.
    """

    def __init__(self, frames: Sequence[AcquiredImage], *, newest: int | None = None) -> None:
        self.frames = tuple(frames)
        self.newest = newest
        self._rank = {frame.guid: rank for rank, frame in enumerate(self.frames)}
        self._columns: dict[tuple[str, type, float], _Column] = {}
        self._nights: dict[_Terms, dict[date, Night]] = {}
        self._levels: dict[_Terms, Levels] = {}

    def rank_of(self, image: AcquiredImage) -> int | None:
        """Return how many of the frames are newer than one of them; None for one that is not among them."""
        return self._rank.get(image.guid)

    def usual_for(
        self, image: AcquiredImage, metric: str, *, scale: Scale, yardstick: Yardstick
    ) -> tuple[int, Usual] | None:
        """Return how many other frames have a metric, and what is usual by them; None where none has it."""
        limit = self._steady_limit(image) if yardstick.guided else math.inf
        key = (metric, type(scale), limit)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._column(metric, scale, limit=limit)
        own = column.samples.get(image.guid)
        count = len(column.samples) - (own is not None)
        if not count:
            return None
        noise = scale.noise(_without(column.ordered, column.values.get(image.guid)))
        if noise > yardstick.floor:
            yardstick = replace(yardstick, floor=noise, ceiling=max(yardstick.ceiling, noise))
        levels = self._levels_without(image, column, terms=_Terms(*key, yardstick, self._newest_for(image)))
        return count, levels.usual(night_of(image), air=_air(image, scale))

    def _newest_for(self, image: AcquiredImage) -> int | None:
        """Return below which rank the newest of the others are: one further on where the frame is one of them."""
        rank = self._rank.get(image.guid)
        return None if self.newest is None else self.newest + (rank is not None and rank < self.newest)

    def _levels_without(self, image: AcquiredImage, column: _Column, *, terms: _Terms) -> Levels:
        yardstick = terms.yardstick
        nights = self._nights.get(terms)
        if nights is None:
            nights = self._nights[terms] = nights_of(list(column.samples.values()), yardstick, newest=terms.newest)
        own = column.samples.get(image.guid)
        if own is not None:
            night, sample = own
            rest = nights[night].without(sample)
            others = {each: levels for each, levels in nights.items() if each != night}
            return Levels(others if rest is None else others | {night: rest}, yardstick)
        levels = self._levels.get(terms)
        if levels is None:
            levels = self._levels[terms] = Levels(nights, yardstick)
        return levels

    def _column(self, metric: str, scale: Scale, *, limit: float) -> _Column:
        samples, values = {}, {}
        for rank, frame in enumerate(self.frames):
            value = frame.metrics.get(metric)
            if value is None or not math.isfinite(value) or self._guiding.get(frame.guid, 0.0) > limit:
                continue
            harm = scale.harm(frame, value)
            if harm is not None:
                hour = frame.started.timestamp() / 3600.0
                samples[frame.guid] = (night_of(frame), Sample(hour, harm, _air(frame, scale), rank))
                values[frame.guid] = value
        return _Column(samples, values, sorted(values.values()))

    @cached_property
    def _guiding(self) -> dict[str, float]:
        found = ((frame.guid, frame.metrics.get("guiding_rms")) for frame in self.frames)
        return {guid: error for guid, error in found if error is not None and math.isfinite(error) and error > 0}

    @cached_property
    def _errors(self) -> list[float]:
        return sorted(self._guiding.values())

    def _steady_limit(self, image: AcquiredImage) -> float:
        """Return the guiding error up to which the other frames may set a standard for sizes.

        Usual is the median of the better half; frames without guiding stay. Where hardly any would be left, all stay.
        """
        own = self._guiding.get(image.guid)
        errors = _without(self._errors, own)
        if not errors:
            return math.inf
        limit = UNSTEADY * middle(errors, end=(len(errors) + 1) // 2)
        unguided = len(self.frames) - len(self._errors) - (own is None and image.guid in self._rank)
        return limit if unguided + bisect_right(errors, limit) >= MINIMUM_PEERS else math.inf


def _without(ordered: list[float], value: float | None) -> list[float]:
    """Return sorted numbers without one of them; None leaves nothing out."""
    if value is None:
        return ordered
    place = bisect_left(ordered, value)
    return ordered[:place] + ordered[place + 1 :]


def _air(image: AcquiredImage, scale: Scale) -> float:
    airmass = image.metrics.get("airmass")
    return scale.air(airmass) if airmass is not None and math.isfinite(airmass) and airmass >= 1.0 else math.nan
