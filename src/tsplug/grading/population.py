"""Which frames a frame is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from tsplug.grading.crowd import MINIMUM_PEERS, Crowd
from tsplug.grading.nights import night_of
from tsplug.grading.provenance import Marks
from tsplug.grading.setup import setup_of
from tsplug.metrics import is_measured
from tsplug.model import AcquiredImage, GraderMode, GradingStatus
from tsplug.model.angles import same_rotation

__all__ = ["MINIMUM_PEERS", "Choice", "PlanPopulations", "Population", "night_of", "population_of"]

T = TypeVar("T")

ENOUGH_ACCEPTED = 10
"""With fewer accepted frames the pending ones are compared with, too."""

ROTATION_TOLERANCE_DEG = 1.0
"""Mechanical angles closer than this, on the circle, count as one framing."""

MATCHED_BY = (
    "plan",
    "profile",
    "filter",
    "exposure",
    "gain",
    "offset",
    "binning",
    "ROI",
    "readout mode",
    "detector",
)
"""What frames must have in common to be compared, beside their rotation."""


class Population(NamedTuple):
    """The frames to compare with.

    Attributes:
        crowd: all of them, newest first, perhaps with the frame that is compared with them: many share a crowd, and
            nobody copies it.
        rank: the place of that frame in the crowd; None where it is not among them.
        matched: how many frames were taken alike, those included that are not compared with.
    """

    crowd: Crowd
    rank: int | None
    matched: int

    @property
    def frames(self) -> tuple[AcquiredImage, ...]:
        """Return the newest of them, as many as are wanted: the spread is theirs."""
        return self._apart(self.crowd.frames)

    @property
    def size(self) -> int:
        """Return how many `frames` there are."""
        others = self.others
        return others if self.crowd.newest is None else min(others, self.crowd.newest)

    @property
    def earlier(self) -> int:
        """Return how many are older than these: levels of nights rest on them too."""
        return self.others - self.size

    @property
    def others(self) -> int:
        """Return how many frames of the crowd are held against the frame."""
        return len(self.crowd.frames) - (self.rank is not None)

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the store's numbers of the frames, in the same order."""
        ids = self._apart(self.crowd.ids)
        return tuple(each for each in ids if each is not None) if None in ids else ids  # type: ignore[return-value]

    @property
    def ids_text(self) -> str:
        """Return `ids` as decimal numbers with commas between them."""
        rank, end = self.rank, self.size
        if rank is None or rank >= end:
            return self.crowd.ids_text(0, end)
        return ",".join(filter(None, (self.crowd.ids_text(0, rank), self.crowd.ids_text(rank + 1, end + 1))))

    def _apart(self, every: tuple[T, ...]) -> tuple[T, ...]:
        """Return the newest of what the crowd's frames have, as many as are wanted, without the frame's own."""
        rank, end = self.rank, self.size
        return every[:end] if rank is None or rank >= end else every[:rank] + every[rank + 1 : end + 1]

    @property
    def too_small(self) -> bool:
        """Return whether nothing can be said of a spread."""
        return self.size < MINIMUM_PEERS

    def values(self, metric: str) -> tuple[float, ...]:
        """Return the values that were measured of a metric."""
        found = (frame.metrics.get(metric) for frame in self.frames)
        return tuple(value for value in found if is_measured(value))


class Choice(NamedTuple):
    """How peers are chosen: by which mode, at most how many (None is all), how far mechanical angles may differ."""

    mode: GraderMode
    max_samples: int | None = None
    rotation_tolerance_deg: float = ROTATION_TOLERANCE_DEG

    @property
    def takes_rejected(self) -> bool:
        """Return whether rejected frames are peers."""
        return self.mode is GraderMode.TARGET_SCHEDULER and self.max_samples is not None


def population_of(image: AcquiredImage, candidates: Iterable[AcquiredImage], *, choice: Choice) -> Population:
    """Return the frames that a frame is compared with; the frame itself is never among them.

    They were taken with equal settings and are not rejected: that the reference takes rejected ones in, which hides bad
    frames behind bad frames, is a fault of it (spec/peers TS-G5). Only where ``target-scheduler`` looks at the newest
    few they stay, as there: without them mean and deviation would never follow a night that became ordinary.
    ``robust`` leaves pending ones of other nights out, too, where ten are accepted. The newest are kept. The order of
    the candidates does not matter.
    """
    settings = setup_of(image)
    matching = [
        other
        for other in candidates
        if other.guid != image.guid and setup_of(other) == settings and _turned_alike(image, other, choice=choice)
    ]
    chosen = matching if choice.takes_rejected else _trusted(image, matching, mode=choice.mode)
    chosen.sort(key=_age, reverse=True)
    latest = max(map(night_of, matching), default=None)
    return Population(Crowd(chosen, newest=choice.max_samples, latest=latest), None, len(matching))


def _trusted(image: AcquiredImage, matching: Sequence[AcquiredImage], *, mode: GraderMode) -> list[AcquiredImage]:
    accepted = [other for other in matching if other.status is GradingStatus.ACCEPTED]
    pending = [other for other in matching if other.status is GradingStatus.PENDING]
    if mode is GraderMode.TARGET_SCHEDULER or len(accepted) < ENOUGH_ACCEPTED:
        return accepted + pending
    night = night_of(image)
    return accepted + [other for other in pending if night_of(other) == night]


class PlanPopulations:
    """The populations of all frames of a plan, as `population_of` returns them, with what they share found once."""

    def __init__(self, images: Sequence[AcquiredImage], marks: Marks | None = None) -> None:
        self._marks = Marks() if marks is None else marks
        self._alike: dict[tuple[object, ...], list[AcquiredImage]] = {}
        for image in sorted(images, key=_age, reverse=True):
            self._alike.setdefault(setup_of(image), []).append(image)
        self._matching: dict[tuple[object, ...], _Matching] = {}
        self._shared: dict[tuple[object, ...], _Matching] = {}

    def of(self, image: AcquiredImage, choice: Choice) -> Population:
        """Return the frames that a frame is compared with; it need not be one of the plan's."""
        setup = setup_of(image)
        key = (setup, image.rotation_deg, choice)
        matching = self._matching.get(key)
        if matching is None:
            matching = self._matching[key] = self._found(image, self._alike.get(setup, ()), choice=choice)
        crowd = matching.crowd_for(image)
        return Population(crowd, crowd.rank_of(image), matching.others(image))

    def _found(self, image: AcquiredImage, alike: Sequence[AcquiredImage], *, choice: Choice) -> _Matching:
        frames = [each for each in alike if _turned_alike(image, each, choice=choice)]
        # Angles that differ by a hair have the same frames.
        key = choice, *(each.guid for each in frames)
        return self._shared.setdefault(key, _Matching(frames, choice, marks=self._marks))


class _Matching:
    """Frames taken alike, newest first, and the crowds among them."""

    def __init__(self, frames: Sequence[AcquiredImage], choice: Choice, *, marks: Marks) -> None:
        self._frames = frames
        self._marks = marks
        self._choice = choice
        self._status = {frame.guid: frame.status for frame in frames}
        self._accepted = sum(map(_is_accepted, frames))
        self._pending = Counter(night_of(frame) for frame in frames if _is_pending(frame))
        self._latest = max(map(night_of, frames), default=None)
        self._crowds: dict[object, Crowd] = {}

    def others(self, image: AcquiredImage) -> int:
        """Return how many of the frames are not the one given."""
        return len(self._frames) - (image.guid in self._status)

    def crowd_for(self, image: AcquiredImage) -> Crowd:
        """Return the frames that one is compared with; it may be among them."""
        if self._choice.takes_rejected:
            return self._crowd("all", lambda frame: True)
        status, night = self._status.get(image.guid), night_of(image)
        few = self._accepted - (status is GradingStatus.ACCEPTED) < ENOUGH_ACCEPTED
        if few or self._choice.mode is GraderMode.TARGET_SCHEDULER:
            return self._crowd("accepted and pending", lambda frame: _is_accepted(frame) or _is_pending(frame))
        if self._pending[night] - (status is GradingStatus.PENDING) == 0:
            return self._crowd("accepted", _is_accepted)
        return self._crowd(
            night, lambda frame: _is_accepted(frame) or (_is_pending(frame) and night_of(frame) == night)
        )

    def _crowd(self, name: object, chosen: Callable[[AcquiredImage], bool]) -> Crowd:
        if name not in self._crowds:
            frames = [frame for frame in self._frames if chosen(frame)]
            self._crowds[name] = Crowd(frames, newest=self._choice.max_samples, latest=self._latest, marks=self._marks)
        return self._crowds[name]


def _is_accepted(image: AcquiredImage) -> bool:
    return image.status is GradingStatus.ACCEPTED


def _is_pending(image: AcquiredImage) -> bool:
    return image.status is GradingStatus.PENDING


def _age(image: AcquiredImage) -> tuple[datetime, int, str]:
    return image.started, image.id or 0, image.guid


def _turned_alike(image: AcquiredImage, other: AcquiredImage, *, choice: Choice) -> bool:
    return same_rotation(image.rotation_deg, other.rotation_deg, tolerance_deg=choice.rotation_tolerance_deg)
