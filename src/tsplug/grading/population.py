"""Which frames a frame is compared with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tsplug.model import AcquiredImage, GraderMode, GradingStatus
from tsplug.model.angles import same_rotation

MINIMUM_PEERS = 3
"""With fewer other frames nothing can be said of a spread, so a frame is accepted by rule."""

ROTATION_TOLERANCE_DEG = 1.0
"""Mechanical angles closer than this, on the circle, count as one framing."""


@dataclass(frozen=True)
class Population:
    """The frames to compare with, newest first, and how many matched before the number of samples was limited."""

    frames: tuple[AcquiredImage, ...]
    matched: int

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


def population_of(
    image: AcquiredImage,
    candidates: Iterable[AcquiredImage],
    *,
    mode: GraderMode,
    max_samples: int | None,
    rotation_tolerance_deg: float = ROTATION_TOLERANCE_DEG,
) -> Population:
    """Return the frames that a frame is compared with; the frame itself is never among them.

    Args:
        image: the frame under test.
        candidates: frames in any order, the frame under test included or not.
        mode: ``robust`` leaves rejected frames out; ``target-scheduler`` takes them in, as the reference does.
        max_samples: how many of the newest to keep; None keeps all.
        rotation_tolerance_deg: how far mechanical angles may differ.
    """
    matching = [
        other
        for other in candidates
        if other.guid != image.guid
        and _same_settings(image, other)
        and same_rotation(image.rotation_deg, other.rotation_deg, tolerance_deg=rotation_tolerance_deg)
        and not (mode is GraderMode.ROBUST and other.status is GradingStatus.REJECTED)
    ]
    matching.sort(key=lambda frame: (frame.started, frame.id or 0, frame.guid), reverse=True)
    return Population(frames=tuple(matching[:max_samples]), matched=len(matching))


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


def _same_settings(image: AcquiredImage, other: AcquiredImage) -> bool:
    return _settings(image) == _settings(other)
