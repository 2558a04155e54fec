"""What is usual for a metric: levels of nights and of a plan, from samples of which some may be bad.

Samples are *harms*: the metric on a scale on which larger is worse and equal steps have equal effects (a logarithm
for what varies by factors). A frame is hardly ever better than the sky allows and often worse, so what is usual is
sought from the good side: the median of the better half, then of all within reach of it, until nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tsplug.grading.night_levels import MAD_TO_SIGMA, Night, NightCore, Sample, Yardstick, core_of, middle

_TREND_PASSES = 2
_PAIRS = 5


@dataclass(frozen=True)
class Usual:
    """What is usual for one frame, in harms at its own airmass.

    Attributes:
        level: what the frame is held against.
        slack: what it may exceed the level by beside the spread, because little is known of its night.
        spread: the robust standard deviation within nights.
        used: how many samples this rests on, outliers left out.
        nights: how many nights have a level of their own.
        night: the level of its own night; None where too little is known of it.
        plan: the level of the plan.
        air: by how much the air of the frame raises all of these.
    """

    level: float
    slack: float
    spread: float
    used: int
    nights: int
    night: float | None
    plan: float
    air: float


class Levels:
    """The levels of nights and plan; the order of the samples does not matter.

    Args:
        nights: at least one.
        yardstick: the one that the nights have, too.
    """

    def __init__(self, nights: Mapping[date, Night], yardstick: Yardstick) -> None:
        self._yardstick = yardstick
        self._trend = 0.0
        for _ in range(_TREND_PASSES):
            self._trend = _trend([night.at(self._trend) for night in nights.values()], steepest=yardstick.steepest)
        cores = {date_: night.at(self._trend) for date_, night in nights.items()}
        residuals = sorted(residual for core in cores.values() for residual in core.residuals)
        self._spread = yardstick.within(MAD_TO_SIGMA * middle(residuals) if residuals else 0.0)
        self._used = sum(core.used for core in cores.values())
        self._known = {date_: core for date_, core in cores.items() if core.tells}
        self._plan = _plan_level(self._known) if self._known else _level_of_all(cores, yardstick)

    def usual(self, night: date, *, air: float) -> Usual:
        """Return what is usual for a frame of a night, seen through so much air (NaN where that is unknown)."""
        own = self._known.get(night)
        by_air = 0.0 if math.isnan(air) else self._trend * air
        swing = self._yardstick.swing
        if own is not None:
            level, slack = min(own.level, self._plan + swing), 0.0
        else:
            level, slack = self._plan, swing if self._known else self._yardstick.young
        return Usual(
            level=level + by_air,
            slack=slack,
            spread=self._spread,
            used=self._used,
            nights=len(self._known),
            night=None if own is None else own.level + by_air,
            plan=self._plan + by_air,
            air=by_air,
        )


def nights_of(
    samples: Sequence[tuple[date, Sample]], yardstick: Yardstick, *, newest: int | None = None
) -> dict[date, Night]:
    """Return samples by their nights; the spread rests on those of ranks below ``newest`` (None takes all)."""
    found: dict[date, list[Sample]] = {}
    for night, sample in samples:
        found.setdefault(night, []).append(sample)
    return {night: Night(members, yardstick, newest=newest) for night, members in found.items()}


def _trend(cores: Sequence[NightCore], *, steepest: float) -> float:
    """Return how harms grow with air within nights: the median slope of pairs, not below 0, at most the steepest.

    Too few pairs show no trend.
    """
    slopes = sorted(slope for core in cores for slope in core.slopes)
    return min(max(middle(slopes), 0.0), steepest) if len(slopes) >= _PAIRS else 0.0


def _plan_level(known: Mapping[date, NightCore]) -> float:
    """Return the weighted median of nights; of two middle ones the better, so that a bad night does not drag it."""
    half, seen = sum(core.used for core in known.values()) / 2.0, 0
    for core in sorted(known.values(), key=lambda core: core.level):
        seen += core.used
        if seen >= half:
            return core.level
    raise AssertionError("the weights of all nights reach half of their sum")


def _level_of_all(cores: Mapping[date, NightCore], yardstick: Yardstick) -> float:
    flat = sorted(harm for core in cores.values() for harm in core.flat)
    begin, end = core_of(flat, yardstick)
    return middle(flat, begin, end=end)
