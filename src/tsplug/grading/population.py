"""Which frames a frame is compared with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from tsplug.grading.levels import NIGHT_FRAMES
from tsplug.model import AcquiredImage, GraderMode, GradingStatus
from tsplug.model.angles import same_rotation

MINIMUM_PEERS = 3
"""With fewer other frames nothing can be said of a spread, so a frame is accepted by rule."""

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


def night_of(image: AcquiredImage) -> date:
    """Return the night of a frame; where its site is not known, the UTC date of the last noon before it."""
    return image.session_date or (image.started.astimezone(UTC) - timedelta(hours=12)).date()


@dataclass(frozen=True)
class Population:
    """The frames to compare with, newest first.

    Attributes:
        frames: the newest of them, as many as are wanted: the spread is theirs.
        earlier: the rest, older than these: levels of nights rest on them too.
        matched: how many frames were taken alike, those included that are not compared with.
    """

    frames: tuple[AcquiredImage, ...]
    matched: int
    earlier: tuple[AcquiredImage, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the store's numbers of the frames, in the same order."""
        return tuple(frame.id for frame in self.frames if frame.id is not None)

    @property
    def too_small(self) -> bool:
        """Return whether nothing can be said of a spread."""
        return len(self.frames) < MINIMUM_PEERS

    def values(self, metric: str) -> tuple[float, ...]:
        """Return the finite values that the frames have of a metric."""
        found = (frame.metrics.get(metric) for frame in self.frames)
        return tuple(value for value in found if value is not None and math.isfinite(value))


@dataclass(frozen=True)
class Choice:
    """How peers are chosen: by which mode, at most how many (None is all), how far mechanical angles may differ."""

    mode: GraderMode
    max_samples: int | None = None
    rotation_tolerance_deg: float = ROTATION_TOLERANCE_DEG


def population_of(image: AcquiredImage, candidates: Iterable[AcquiredImage], *, choice: Choice) -> Population:
    """Return the frames that a frame is compared with; the frame itself is never among them.

    They were taken with equal settings; ``target-scheduler`` takes all of these, as the reference does. ``robust``
    leaves rejected ones out, and pending ones too where enough are accepted: ten in all, and five of the frame's own
    night. The newest are kept. The order of the candidates does not matter.
    """
    settings = _settings(image)
    matching = [
        other
        for other in candidates
        if other.guid != image.guid
        and _settings(other) == settings
        and same_rotation(image.rotation_deg, other.rotation_deg, tolerance_deg=choice.rotation_tolerance_deg)
    ]
    chosen = matching if choice.mode is GraderMode.TARGET_SCHEDULER else _trusted(image, matching)
    chosen.sort(key=lambda frame: (frame.started, frame.id or 0, frame.guid), reverse=True)
    limit = len(chosen) if choice.max_samples is None else choice.max_samples
    return Population(tuple(chosen[:limit]), len(matching), earlier=tuple(chosen[limit:]))


def _trusted(image: AcquiredImage, matching: Sequence[AcquiredImage]) -> list[AcquiredImage]:
    accepted = [other for other in matching if other.status is GradingStatus.ACCEPTED]
    pending = [other for other in matching if other.status is GradingStatus.PENDING]
    if len(accepted) < ENOUGH_ACCEPTED:
        return accepted + pending
    night = night_of(image)
    if Counter(map(night_of, accepted))[night] >= NIGHT_FRAMES:
        return accepted
    return accepted + [other for other in pending if night_of(other) == night]


def _settings(image: AcquiredImage) -> tuple[object, ...]:
    return (
        image.profile_id,
        image.plan_id,
        image.filter_name,
        image.exposure_s,
        image.gain,
        image.offset,
        image.binning,
        image.roi_percent,
        image.readout_mode,
        image.detector,
    )
