"""Comparable frames that several frames are held against, each apart from itself, and what they have in common."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from typing import NamedTuple, Protocol

from tsplug.grading.disturbance import (
    NO_LIMITS,
    Disturbances,
    Limits,
    is_defocused,
    is_shaken,
    told_apart,
)
from tsplug.grading.levels import Cause, Levels, Place, Usual, nights_of
from tsplug.grading.night_levels import Sample, Yardstick
from tsplug.grading.together import Nights
from tsplug.model import AcquiredImage

MINIMUM_PEERS = 3
"""With fewer other frames nothing can be said of a spread, so a frame is accepted by rule."""


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


def hour_of(image: AcquiredImage) -> float:
    """Return when a frame was begun, in hours since any moment."""
    return image.started.timestamp() / 3600.0


@dataclass(frozen=True)
class _Column:
    """The frames that have a metric, by guid, with their nights, and the values sorted."""

    samples: dict[str, tuple[date, Sample]]
    values: dict[str, float]
    ordered: list[float]


class _Terms(NamedTuple):
    """On which terms frames have the same levels: by the same yardstick, by frames within the same limits."""

    metric: str
    scale: type
    limits: Limits
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
        self._disturbances = Disturbances(self.frames)
        self._rank = {frame.guid: rank for rank, frame in enumerate(self.frames)}
        self._columns: dict[tuple[str, type, Limits], _Column] = {}
        self._nights: dict[_Terms, Nights] = {}
        self._levels: dict[_Terms, Levels] = {}
        self._usual: dict[tuple[str, str, type, Yardstick], tuple[AcquiredImage, tuple[int, Usual] | None]] = {}

    def rank_of(self, image: AcquiredImage) -> int | None:
        """Return how many of the frames are newer than one of them; None for one that is not among them."""
        return self._rank.get(image.guid)

    def usual_for(
        self, image: AcquiredImage, metric: str, *, scale: Scale, yardstick: Yardstick
    ) -> tuple[int, Usual] | None:
        """Return how many other frames have a metric, and what is usual by them; None where none has it.

        It is remembered: who concludes briefly at first asks again for what explains it.
        """
        key = (image.guid, metric, type(scale), yardstick)
        asked, found = self._usual.get(key, (None, None))
        if asked is not image:
            found = self._found_for(image, metric, scale=scale, yardstick=yardstick)
            self._usual[key] = image, found
        return found

    def _found_for(
        self, image: AcquiredImage, metric: str, *, scale: Scale, yardstick: Yardstick
    ) -> tuple[int, Usual] | None:
        limits = self._disturbances.limits_for(image) if yardstick.undisturbed else NO_LIMITS
        key = (metric, type(scale), limits)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._column(metric, scale, limits=limits)
        own = column.samples.get(image.guid)
        count = len(column.samples) - (own is not None)
        if not count:
            return None
        noise = scale.noise(_without(column.ordered, column.values.get(image.guid)))
        if noise > 0:
            # Rounded, so that frames whose absence hardly changes it share what is found.
            floor = round(math.hypot(yardstick.floor, noise), 3)
            yardstick = replace(yardstick, floor=floor, ceiling=max(yardstick.ceiling, floor))
        levels = self._levels_without(image, column, terms=_Terms(*key, yardstick, self._newest_for(image)))
        place = Place(
            night_of(image), hour_of(image), _air(image, scale), _cause(image, limits, seeing=yardstick.seeing)
        )
        return count, levels.usual(place)

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
            return Levels(nights.without(night), yardstick, own=None if rest is None else (night, rest))
        levels = self._levels.get(terms)
        if levels is None:
            levels = self._levels[terms] = Levels(nights, yardstick)
        return levels

    def _column(self, metric: str, scale: Scale, *, limits: Limits) -> _Column:
        samples, values = {}, {}
        for rank, frame in enumerate(self.frames):
            value = frame.metrics.get(metric)
            if value is None or not math.isfinite(value) or not self._disturbances.within(frame, limits):
                continue
            harm = scale.harm(frame, value)
            if harm is not None:
                samples[frame.guid] = (night_of(frame), Sample(hour_of(frame), harm, _air(frame, scale), rank))
                values[frame.guid] = value
        return _Column(samples, values, sorted(values.values()))


def _cause(image: AcquiredImage, limits: Limits, *, seeing: bool) -> Cause:
    if is_shaken(image, limits):
        return Cause.SHAKEN
    if not seeing:
        return Cause.UNKNOWN
    if is_defocused(image, limits):
        return Cause.DEFOCUSED
    return Cause.AIR if told_apart(image) else Cause.UNKNOWN


def _without(ordered: list[float], value: float | None) -> list[float]:
    """Return sorted numbers without one of them; None leaves nothing out."""
    if value is None:
        return ordered
    place = bisect_left(ordered, value)
    return ordered[:place] + ordered[place + 1 :]


def _air(image: AcquiredImage, scale: Scale) -> float:
    airmass = image.metrics.get("airmass")
    return scale.air(airmass) if airmass is not None and math.isfinite(airmass) and airmass >= 1.0 else math.nan
