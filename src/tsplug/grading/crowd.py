"""Comparable frames that several frames are held against, each apart from itself, and what they have in common."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate
from typing import NamedTuple, Protocol

from tsplug.grading.asked import Asked, Question
from tsplug.grading.disturbance import (
    NO_LIMITS,
    SHAKEN_SHARE,
    Disturbances,
    Limits,
    is_defocused,
    shaken_share,
    told_apart,
)
from tsplug.grading.harm import CountAtSize, Harm
from tsplug.grading.levels import DISTURBED, Cause, Levels, Place, Usual, nights_of
from tsplug.grading.night_levels import Night, Sample, Yardstick, middle_without
from tsplug.grading.nights import night_of
from tsplug.grading.provenance import Marks, together
from tsplug.grading.sharp_sizes import NightSizes
from tsplug.grading.together import Nights
from tsplug.metrics import is_measured
from tsplug.model import AcquiredImage

MINIMUM_PEERS = 3
"""With fewer other frames nothing can be said of a spread, so a frame is accepted by rule."""


_Kind = tuple[type, tuple[date, float] | None]


class Scale(Protocol):
    """What of `tsplug.grading.harm.Harm` levels need; scales of one class, and of one change of sizes, are alike."""

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return the harm of a value that a frame has."""
        ...

    def air(self, airmass: float) -> float:
        """Return the coordinate in which air makes this harm grow evenly."""
        ...

    def noise(self, value: float) -> float:
        """Return the standard deviation of the harm that values like this one have from chance alone."""
        ...


def hour_of(image: AcquiredImage) -> float:
    """Return when a frame was begun, in hours since any moment."""
    return image.started.timestamp() / 3600.0


@dataclass(frozen=True)
class Held:
    """Frames that are held against each other by one yardstick: their nights, and levels of all of them or but one."""

    yardstick: Yardstick
    samples: Sequence[tuple[date, Sample]]
    nights: dict[int | None, Nights] = field(default_factory=dict)
    of_all: dict[int | None, Levels] = field(default_factory=dict)

    def nights_for(self, newest: int | None) -> Nights:
        """Return the nights, of which so many frames are the newest."""
        found = self.nights.get(newest)
        if found is None:
            found = self.nights[newest] = nights_of(self.samples, self.yardstick, newest=newest)
        return found

    def levels(self, newest: int | None) -> Levels:
        """Return the levels of all of them."""
        found = self.of_all.get(newest)
        if found is None:
            found = self.of_all[newest] = Levels(self.nights_for(newest), self.yardstick)
        return found

    def levels_without(self, asked: Asked) -> Levels:
        """Return the levels of all but one."""
        nights = self.nights_for(asked.newest)
        rest = nights[asked.night].without(asked.sample)
        own = None if rest is None else (asked.night, rest)
        return Levels(nights.without(asked.night), self.yardstick, own=own)

    def night(self, night: date) -> Night:
        """Return the samples of one night."""
        return self.nights_for(None)[night]


@dataclass(frozen=True)
class _Column:
    """The frames that have a metric, by guid, with their nights, and the values sorted.

    ``held`` has what is found by yardsticks whose floor is so high, and ``by_half`` which of these is for whom.
    """

    samples: dict[str, tuple[date, Sample]]
    values: dict[str, float]
    ordered: list[float]
    held: dict[float, Held] = field(default_factory=dict)
    by_half: dict[int, Held] = field(default_factory=dict)

    def held_for(self, guid: str, measured: _Measured) -> Held:
        """Return what is found for one frame, which may be among them beside others: chance has its room in it."""
        value = self.values.get(guid)
        # The middle of all but one is one of three, by where that one lies.
        half = -1 if value is None else self._half_of(value)
        found = self.by_half.get(half)
        if found is None:
            noise = measured.scale.noise(self._middle_without(value))
            found = self.by_half[half] = self._held_by(measured.yardstick, noise)
        return found

    def _half_of(self, value: float) -> int:
        """Return how many of the two middle ones of all but one value lie beyond it."""
        last = len(self.ordered) - 2
        return (value <= self.ordered[last // 2]) + (value <= self.ordered[(last + 1) // 2])

    def _middle_without(self, value: float | None) -> float:
        """Return the median of the values, without one of them; None leaves nothing out."""
        left_out = None if value is None else bisect_left(self.ordered, value)
        return middle_without(self.ordered, left_out, end=len(self.ordered) - (left_out is not None))

    def _held_by(self, yardstick: Yardstick, noise: float) -> Held:
        # Rounded, so that frames whose absence hardly changes it share what is found.
        floor = round(math.hypot(yardstick.floor, noise), 3) if noise > 0 else yardstick.floor
        found = self.held.get(floor)
        if found is None:
            if floor != yardstick.floor:
                yardstick = replace(yardstick, floor=floor, ceiling=max(yardstick.ceiling, floor))
            found = self.held[floor] = Held(yardstick, list(self.samples.values()))
        return found


@dataclass
class _Measured:
    """A metric on a scale: the frames that have it, by which of them are undisturbed."""

    scale: Scale
    yardstick: Yardstick
    samples: Sequence[tuple[AcquiredImage, float, date, Sample]]
    columns: dict[Limits, _Column] = field(default_factory=dict)
    alike: dict[tuple[str, ...], _Column] = field(default_factory=dict)


class _Standing(NamedTuple):
    """How a frame is held against others: by which yardstick, against which of them, what made its harm.

    ``by_guiding`` is how much of the harm guiding did that is granted to it.
    """

    yardstick: Yardstick
    limits: Limits = NO_LIMITS
    cause: Cause = Cause.UNKNOWN
    by_guiding: float = 0.0


class Crowd:
    """Comparable frames, newest first.

    Args:
        frames: the frames; those held against them may be among them, and are left out of what they are held against.
        newest: the spread rests on so many of the newest; None takes all.
        latest: the last night of all frames that were taken alike, of which these may be a part.
        marks: digests of frames, where other crowds have some of them, too.
    """

    def __init__(
        self,
        frames: Sequence[AcquiredImage],
        *,
        newest: int | None = None,
        latest: date | None = None,
        marks: Marks | None = None,
    ) -> None:
        self.frames = tuple(frames)
        self._latest = max(map(night_of, frames), default=None) if latest is None else latest
        self.ids = tuple(frame.id for frame in self.frames)
        self.newest = newest
        self._ids_text: tuple[str, list[int]] | None = None
        self._marks = Marks() if marks is None else marks
        self._mark: int | None = None
        self._disturbances = Disturbances(self.frames)
        self._sizes: NightSizes | None = None
        self._rank = {frame.guid: rank for rank, frame in enumerate(self.frames)}
        self._standings: dict[tuple[str, Yardstick, float | None], _Standing] = {}
        self._measured: dict[tuple[str, _Kind, Yardstick], _Measured] = {}

    def rank_of(self, image: AcquiredImage) -> int | None:
        """Return how many of the frames are newer than one of them; None for one that is not among them."""
        return self._rank.get(image.guid)

    def ids_text(self, begin: int, end: int) -> str:
        """Return the store's numbers of a stretch of the frames, with commas between them; frames may have none.

        Each verdict of a plan tells of its peers, so the numbers are written once.
        """
        if self._ids_text is None:
            told = ["" if each is None else f"{each}," for each in self.ids]
            self._ids_text = "".join(told), [0, *accumulate(map(len, told))]
        text, ends = self._ids_text
        return text[ends[begin] : ends[end]].removesuffix(",")

    def on(self, scale: Harm, image: AcquiredImage) -> Harm:
        """Return a scale for a frame as it is among these frames."""
        if not isinstance(scale, CountAtSize):
            return scale
        if self._sizes is None:
            self._sizes = NightSizes(self.frames)
        return scale.among(self._sizes.sharp if image.guid in self._rank else self._sizes.sharp_with(image))

    def is_over(self, image: AcquiredImage) -> bool:
        """Return whether frames of a later night than a frame's were taken alike: no more of its own will come."""
        return self._latest is not None and night_of(image) < self._latest

    def mark_without(self, image: AcquiredImage) -> int:
        """Return the digest of all frames but one, which need not be among them, whatever their order."""
        if self._mark is None:
            self._mark = sum(map(self._marks.of, self.frames))
        rank = self._rank.get(image.guid)
        return together(self._mark, without=0 if rank is None else self._marks.of(self.frames[rank]))

    def mark_of(self, image: AcquiredImage) -> int:
        """Return the digest of a frame."""
        return self._marks.of(image)

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
        standing = self._standing_of(image, yardstick, pixel_arcsec=pixel_arcsec)
        column, measured = self._against(image, metric, scale=scale, standing=standing)
        own = column.samples.get(image.guid)
        count = len(column.samples) - (own is not None)
        if not count:
            return None
        held, newest = column.held_for(image.guid, measured), self._newest_for(image)
        levels = held.levels(newest) if own is None else held.levels_without(Asked(*own, newest))
        return count, levels.usual(self._place_of(_when(image, scale) if own is None else own, standing))

    def ask(
        self,
        image: AcquiredImage,
        metric: str,
        *,
        scale: Scale,
        yardstick: Yardstick,
        pixel_arcsec: float | None = None,
    ) -> tuple[int, Question] | None:
        """Return what `usual_for` would have to find for a frame, and among how many others; None where that is little.

        The frame is one of the crowd then, and has others to be held against.
        """
        standing = self._standing_of(image, yardstick, pixel_arcsec=pixel_arcsec)
        column, measured = self._against(image, metric, scale=scale, standing=standing)
        own = column.samples.get(image.guid)
        count = len(column.samples) - 1
        if own is None or not count:
            return None
        asked = Asked(*own, self._newest_for(image))
        return count, Question(column.held_for(image.guid, measured), asked, self._place_of(own, standing))

    def _place_of(self, when: tuple[date, Sample], standing: _Standing) -> Place:
        night, (hour, _, air, _) = when
        is_over = self._latest is not None and night < self._latest
        return Place(night, hour, air, standing.cause, standing.by_guiding, is_over)

    def _standing_of(self, image: AcquiredImage, yardstick: Yardstick, *, pixel_arcsec: float | None) -> _Standing:
        """Return how a frame is held against others, remembered for all metrics of which the same is asked."""
        if not (yardstick.undisturbed or yardstick.seeing) and math.isinf(yardstick.sampled):
            return _Standing(yardstick)
        key = image.guid, yardstick, pixel_arcsec
        found = self._standings.get(key)
        if found is None:
            found = self._standings[key] = self._standing(image, yardstick, pixel_arcsec=pixel_arcsec)
        return found

    def _standing(self, image: AcquiredImage, yardstick: Yardstick, *, pixel_arcsec: float | None) -> _Standing:
        limits = self._disturbances.limits_for(image) if yardstick.undisturbed else NO_LIMITS
        shaken = shaken_share(image, limits, scale_arcsec=pixel_arcsec)
        if shaken > SHAKEN_SHARE:
            cause, by_guiding = Cause.SHAKEN, 0.0
        else:
            cause = _cause(image, limits, seeing=yardstick.seeing)
            by_guiding = -0.5 * math.log1p(-shaken) if yardstick.seeing else 0.0
        if not math.isinf(yardstick.sampled):
            # What pixels hide is granted to the air alone.
            yardstick = yardstick.unhidden() if cause in DISTURBED else yardstick.at(pixel_arcsec)
        return _Standing(yardstick, limits, cause, by_guiding)

    def _newest_for(self, image: AcquiredImage) -> int | None:
        """Return below which rank the newest of the others are: one further on where the frame is one of them."""
        if self.newest is None:
            return None
        rank = self._rank.get(image.guid)
        return self.newest + (rank is not None and rank < self.newest)

    def _against(
        self, image: AcquiredImage, metric: str, *, scale: Scale, standing: _Standing
    ) -> tuple[_Column, _Measured]:
        """Return the frames that one is held against, it may be among them, and what was measured of all."""
        measured = self._measured_by(metric, scale, yardstick=standing.yardstick)
        column = measured.columns.get(standing.limits)
        if column is None:
            column = measured.columns[standing.limits] = self._column(measured, standing.limits)
        return column, measured

    def _measured_by(self, metric: str, scale: Scale, *, yardstick: Yardstick) -> _Measured:
        sharp = scale.sharp if isinstance(scale, CountAtSize) else None
        key = metric, (type(scale), None if sharp is None else sharp.changed), yardstick
        found = self._measured.get(key)
        if found is None:
            found = self._measured[key] = _Measured(scale, yardstick, list(self._samples(metric, scale)))
        return found

    def _samples(self, metric: str, scale: Scale) -> Iterator[tuple[AcquiredImage, float, date, Sample]]:
        """Yield the frames that have a metric, with its value, their nights and samples."""
        for rank, frame in enumerate(self.frames):
            value = frame.metrics.get(metric)
            if not is_measured(value):
                continue
            harm = scale.harm(frame, value)
            if harm is not None:
                # Of two zeros of different signs the lower one would be a matter of the order.
                yield frame, value, night_of(frame), Sample(hour_of(frame), harm + 0.0, _air(frame, scale), rank)

    def _column(self, measured: _Measured, limits: Limits) -> _Column:
        within = self._disturbances.within
        chosen = [each for each in measured.samples if within(each[0], limits)]
        guids = tuple(each[0].guid for each in chosen)
        found = measured.alike.get(guids)
        if found is None:
            # Limits that differ by a hair leave the same frames.
            samples = {frame.guid: (night, sample) for frame, _, night, sample in chosen}
            values = {frame.guid: value for frame, value, _, _ in chosen}
            found = measured.alike[guids] = _Column(samples, values, sorted(values.values()))
        return found


def _cause(image: AcquiredImage, limits: Limits, *, seeing: bool) -> Cause:
    """Return what made the harm of a frame that is not shaken."""
    if not seeing:
        return Cause.UNKNOWN
    if is_defocused(image, limits):
        return Cause.DEFOCUSED
    return Cause.AIR if told_apart(image) else Cause.UNKNOWN


def _when(image: AcquiredImage, scale: Scale) -> tuple[date, Sample]:
    """Return the night of a frame and a sample of its hour and air, which is none of what it is held against."""
    return night_of(image), Sample(hour_of(image), math.nan, _air(image, scale), -1)


def _air(image: AcquiredImage, scale: Scale) -> float:
    airmass = image.metrics.get("airmass")
    return scale.air(airmass) if is_measured(airmass) and airmass >= 1.0 else math.nan
