"""Comparable frames that several frames are held against, each apart from itself, and what they have in common."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from typing import NamedTuple, Protocol

from tsplug.grading.disturbance import (
    NO_LIMITS,
    SHAKEN_SHARE,
    Disturbances,
    Limits,
    is_defocused,
    shaken_share,
    told_apart,
)
from tsplug.grading.levels import Cause, Levels, Place, Usual, nights_of
from tsplug.grading.night_levels import Sample, Yardstick, middle_without
from tsplug.grading.provenance import mark_of, together
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

    def noise(self, value: float) -> float:
        """Return the standard deviation of the harm that values like this one have from chance alone."""
        ...


def night_of(image: AcquiredImage) -> date:
    """Return the night of a frame; where its site is not known, the UTC date of the last noon before it."""
    return image.session_date or (image.started.astimezone(UTC) - timedelta(hours=12)).date()


def hour_of(image: AcquiredImage) -> float:
    """Return when a frame was begun, in hours since any moment."""
    return image.started.timestamp() / 3600.0


class _Held(NamedTuple):
    """What frames have that are held against each other by one yardstick: their nights, and levels of all of them."""

    yardstick: Yardstick
    nights: dict[int | None, Nights]
    levels: dict[int | None, Levels]


@dataclass(frozen=True)
class _Column:
    """The frames that have a metric, by guid, with their nights, and the values sorted.

    ``held`` has what is found by yardsticks whose floor is so high.
    """

    samples: dict[str, tuple[date, Sample]]
    values: dict[str, float]
    ordered: list[float]
    held: dict[float, _Held] = field(default_factory=dict)

    def middle_without(self, value: float | None) -> float:
        """Return the median of the values, without one of them; None leaves nothing out."""
        left_out = None if value is None else bisect_left(self.ordered, value)
        return middle_without(self.ordered, left_out, end=len(self.ordered) - (left_out is not None))

    def held_by(self, yardstick: Yardstick, floor: float) -> _Held:
        """Return what is found by a yardstick whose floor lies higher."""
        found = self.held.get(floor)
        if found is None:
            if floor != yardstick.floor:
                yardstick = replace(yardstick, floor=floor, ceiling=max(yardstick.ceiling, floor))
            found = self.held[floor] = _Held(yardstick, {}, {})
        return found


class Crowd:
    """Comparable frames, newest first.

    Args:
        frames: the frames; those held against them may be among them, and are left out of what they are held against.
        newest: the spread rests on so many of the newest; None takes all.
    """

    def __init__(self, frames: Sequence[AcquiredImage], *, newest: int | None = None) -> None:
        self.frames = tuple(frames)
        self.ids = tuple(frame.id for frame in self.frames)
        self.newest = newest
        self._marks: dict[str, int] | None = None
        self._disturbances = Disturbances(self.frames)
        self._rank = {frame.guid: rank for rank, frame in enumerate(self.frames)}
        self._columns: dict[tuple[str, type, Limits, Yardstick], _Column] = {}

    def rank_of(self, image: AcquiredImage) -> int | None:
        """Return how many of the frames are newer than one of them; None for one that is not among them."""
        return self._rank.get(image.guid)

    def mark_without(self, image: AcquiredImage) -> int:
        """Return the digest of all frames but one, which need not be among them, whatever their order."""
        if self._marks is None:
            self._marks = {frame.guid: mark_of(frame) for frame in self.frames}
            self._mark = sum(self._marks.values())
        return together(self._mark, without=self._marks.get(image.guid, 0))

    def usual_for(
        self,
        image: AcquiredImage,
        metric: str,
        *,
        scale: Scale,
        yardstick: Yardstick,
        pixel_arcsec: float | None = None,
    ) -> tuple[int, Usual] | None:
        """Return how many other frames have a metric, and what is usual by them; None where none has it.

        ``pixel_arcsec`` is the scale of the frame's pixels.
        """
        limits = self._disturbances.limits_for(image) if yardstick.undisturbed else NO_LIMITS
        key = (metric, type(scale), limits, yardstick)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._column(metric, scale, limits=limits)
        own = column.samples.get(image.guid)
        count = len(column.samples) - (own is not None)
        if not count:
            return None
        noise = scale.noise(column.middle_without(column.values.get(image.guid)))
        # Rounded, so that frames whose absence hardly changes it share what is found.
        floor = round(math.hypot(yardstick.floor, noise), 3) if noise > 0 else yardstick.floor
        held = column.held_by(yardstick, floor)
        levels = self._levels_without(own, column, held=held, newest=self._newest_for(image))
        night, hour, air = _when(image, scale) if own is None else (own[0], own[1].hour, own[1].air)
        shaken = shaken_share(image, limits, scale_arcsec=pixel_arcsec)
        by_guiding = 0.0
        if shaken > SHAKEN_SHARE:
            cause = Cause.SHAKEN
        else:
            cause = _cause(image, limits, seeing=yardstick.seeing)
            by_guiding = -0.5 * math.log1p(-shaken) if yardstick.seeing else 0.0
        return count, levels.usual(Place(night, hour, air, cause, by_guiding))

    def _newest_for(self, image: AcquiredImage) -> int | None:
        """Return below which rank the newest of the others are: one further on where the frame is one of them."""
        rank = self._rank.get(image.guid)
        return None if self.newest is None else self.newest + (rank is not None and rank < self.newest)

    def _levels_without(
        self, own: tuple[date, Sample] | None, column: _Column, *, held: _Held, newest: int | None
    ) -> Levels:
        yardstick, known, of_all = held
        nights = known.get(newest)
        if nights is None:
            nights = known[newest] = nights_of(list(column.samples.values()), yardstick, newest=newest)
        if own is not None:
            night, sample = own
            rest = nights[night].without(sample)
            return Levels(nights.without(night), yardstick, own=None if rest is None else (night, rest))
        levels = of_all.get(newest)
        if levels is None:
            levels = of_all[newest] = Levels(nights, yardstick)
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
    """Return what made the harm of a frame that is not shaken."""
    if not seeing:
        return Cause.UNKNOWN
    if is_defocused(image, limits):
        return Cause.DEFOCUSED
    return Cause.AIR if told_apart(image) else Cause.UNKNOWN


def _when(image: AcquiredImage, scale: Scale) -> tuple[date, float, float]:
    """Return the night of a frame, its hour, and its air coordinate."""
    return night_of(image), hour_of(image), _air(image, scale)


def _air(image: AcquiredImage, scale: Scale) -> float:
    airmass = image.metrics.get("airmass")
    return scale.air(airmass) if airmass is not None and math.isfinite(airmass) and airmass >= 1.0 else math.nan
