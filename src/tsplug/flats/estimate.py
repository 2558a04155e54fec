"""How long a flats run takes, step by step: what a time budget is held against, and what a dry run tells.

The seconds of moves are round numbers on the slow side of amateur equipment; what a frame takes beside its exposure
is measured from earlier sets where there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from tsplug.flats.steps import (
    CloseCover,
    LightOn,
    OpenCover,
    RotateTo,
    SelectFilter,
    Step,
    TakeFrames,
    TurnBack,
)
from tsplug.model import FlatSet

FRAME_OVERHEAD_S = 4.0
"""What a frame takes beside its exposure, in seconds, while nothing has been measured."""

_COVER_S, _ROTATE_S, _FILTER_S, _LIGHT_S, _OTHER_S = 20.0, 30.0, 8.0, 5.0, 1.0
_USUAL_S: tuple[tuple[type, float], ...] = (
    (CloseCover, _COVER_S),
    (OpenCover, _COVER_S),
    (RotateTo, _ROTATE_S),
    (TurnBack, _ROTATE_S),
    (SelectFilter, _FILTER_S),
    (LightOn, _LIGHT_S),
)


def step_s(step: Step, *, frame_overhead_s: float = FRAME_OVERHEAD_S) -> float:
    """Return the seconds that a step is expected to take."""
    if isinstance(step, TakeFrames):
        return len(step.missing) * (step.exposure_s + frame_overhead_s)
    return next((seconds for kind, seconds in _USUAL_S if isinstance(step, kind)), _OTHER_S)


def steps_s(steps: Iterable[Step], *, frame_overhead_s: float = FRAME_OVERHEAD_S) -> float:
    """Return the seconds that steps are expected to take together."""
    return sum(step_s(step, frame_overhead_s=frame_overhead_s) for step in steps)


def frame_overhead_s(sets: Sequence[FlatSet]) -> float:
    """Return what frames of earlier complete sets took beside their exposures: the median over the sets, in seconds."""
    measured = [
        (item.finished - item.started).total_seconds() / item.wanted - item.exposure_s
        for item in sets
        if item.finished is not None and item.finished > item.started
    ]
    plausible = [seconds for seconds in measured if 0.0 <= seconds <= 120.0]
    return median(plausible) if plausible else FRAME_OVERHEAD_S
