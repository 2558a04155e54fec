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

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826
"""Turns the median absolute deviation into the standard deviation of a normal distribution."""

NIGHT_FRAMES = 5
"""So many frames tell how a night is."""

NIGHT_HOURS = 1.25
"""Over so many hours they must be spread: an hour of superb seeing does not tell how a night is."""

_CORE_SIGMA = 3.0
_PASSES = 20
_TREND_PASSES = 2
_PAIRS = 5
_LEAST_STEP = 0.03


@dataclass(frozen=True)
class Yardstick:
    """What a metric may do without a frame being bad, in harms.

    Attributes:
        floor: the least standard deviation that may be claimed of it.
        ceiling: the largest that good frames have.
        swing: how much worse than the plan's usual a whole night may be.
        young: what is granted beyond the spread while only a short stretch of the plan's first night is known.
        steepest: the largest growth per unit of the air coordinate that is put down to the air.
        majority: the part of a night's frames that must be at its level or better. Where a superb spell leaves the
            ordinary frames outside, their level counts. 0 for what has a best that nothing surpasses, as stars under a
            clear sky have: then a night that is mostly clouded still shows what a clear one is.
        guided: whether badly guided frames set no standard for it.
    """

    floor: float
    ceiling: float
    swing: float
    young: float
    steepest: float
    majority: float = 0.6
    guided: bool = False


@dataclass(frozen=True)
class Samples:
    """Comparable frames as columns.

    Night, hours since any moment, harm, air coordinate (NaN where unknown), and whether the spread rests on it too.
    """

    nights: Sequence[date]
    hours: Floats
    harms: Floats
    air: Floats
    spreads: Mask


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
    """The levels of nights and plan that samples show; the order of the samples does not matter."""

    def __init__(self, samples: Samples, yardstick: Yardstick) -> None:
        """Find the levels of at least one sample."""
        self._yardstick = yardstick
        masks = {night: np.array([each == night for each in samples.nights]) for night in sorted(set(samples.nights))}
        self._trend = 0.0
        for _ in range(_TREND_PASSES):
            cores = self._cores(samples, masks)
            self._trend = _trend(samples, cores, steepest=yardstick.steepest)
        cores = self._cores(samples, masks)
        flat = self._flat(samples)
        levels = {night: float(np.median(flat[core])) for night, core in cores.items()}
        self._spread = self._deviation(
            np.concatenate([flat[core & samples.spreads] - levels[night] for night, core in cores.items()])
        )
        self._used = sum(int(core.sum()) for core in cores.values())
        self._known = {night: levels[night] for night, core in cores.items() if _tells(samples.hours[core])}
        weights = {night: int(cores[night].sum()) for night in self._known}
        everything = self._core(flat)
        self._plan = _plan_level(self._known, weights) if self._known else float(np.median(flat[everything]))

    def usual(self, night: date, *, air: float) -> Usual:
        """Return what is usual for a frame of a night, seen through so much air (NaN where that is unknown)."""
        own = self._known.get(night)
        by_air = 0.0 if math.isnan(air) else self._trend * air
        swing = self._yardstick.swing
        if own is not None:
            level, slack = min(own, self._plan + swing), 0.0
        else:
            level, slack = self._plan, swing if self._known else self._yardstick.young
        return Usual(
            level=level + by_air,
            slack=slack,
            spread=self._spread,
            used=self._used,
            nights=len(self._known),
            night=None if own is None else own + by_air,
            plan=self._plan + by_air,
            air=by_air,
        )

    def _flat(self, samples: Samples) -> Floats:
        return np.asarray(samples.harms - self._trend * np.nan_to_num(samples.air))

    def _cores(self, samples: Samples, masks: Mapping[date, Mask]) -> dict[date, Mask]:
        """Return which samples of each night belong to its core."""
        flat = self._flat(samples)
        cores = {}
        for night, mask in masks.items():
            core = np.zeros(flat.size, dtype=bool)
            core[mask] = self._core(flat[mask])
            cores[night] = core
        return cores

    def _core(self, harms: Floats) -> Mask:
        """Return which harms are usual: within reach of the better half, or of the better half of what that leaves."""
        core = self._grown(harms, among=np.ones(harms.size, dtype=bool))
        while np.mean(harms <= harms[core].max()) < self._yardstick.majority:
            core = self._grown(harms, among=harms > harms[core].max())
        return core

    def _grown(self, harms: Floats, *, among: Mask) -> Mask:
        """Return which harms lie within reach of the better half of some of them."""
        start = np.sort(harms[among])[(np.count_nonzero(among) - 1) // 2]
        within: Mask = among & (harms <= start)
        for _ in range(_PASSES):
            centre = np.median(harms[within])
            reach = _CORE_SIGMA * self._deviation(harms[within] - centre)
            wider: Mask = among & (harms <= max(centre + reach, start))
            if np.array_equal(wider, within):
                break
            within = wider
        return within

    def _deviation(self, residuals: Floats) -> float:
        """Return the robust standard deviation of residuals, within what the yardstick allows."""
        found = MAD_TO_SIGMA * float(np.median(np.abs(residuals))) if residuals.size else 0.0
        return min(max(found, self._yardstick.floor), self._yardstick.ceiling)


def _tells(hours: Floats) -> bool:
    """Return whether frames at these hours tell how their night is."""
    return hours.size >= NIGHT_FRAMES and float(np.ptp(hours)) >= NIGHT_HOURS


def _plan_level(levels: Mapping[date, float], weights: Mapping[date, int]) -> float:
    """Return the weighted median of nights; of two middle ones the better, so that a bad night does not drag it."""
    half, seen = sum(weights.values()) / 2.0, 0
    for level, night in sorted((level, night) for night, level in levels.items()):
        seen += weights[night]
        if seen >= half:
            return level
    raise AssertionError("the weights of all nights reach half of their sum")


def _trend(samples: Samples, cores: Mapping[date, Mask], *, steepest: float) -> float:
    """Return how harms grow with air within nights: the median slope of pairs, not below 0, at most the steepest.

    Each sample is paired with the one half the list of its night away (Theil-Sen in its incomplete form, whose cost
    grows with the samples and not with their square). Too few pairs show no trend.
    """
    slopes: list[float] = []
    for core in cores.values():
        usable = core & np.isfinite(samples.air)
        order = np.lexsort((samples.harms[usable], samples.air[usable]))
        air, harms = samples.air[usable][order], samples.harms[usable][order]
        half = (air.size + 1) // 2
        steps = air[half:] - air[: air.size - half]
        grown = harms[half:] - harms[: harms.size - half]
        apart = steps >= _LEAST_STEP
        slopes += (grown[apart] / steps[apart]).tolist()
    return float(np.clip(np.median(slopes), 0.0, steepest)) if len(slopes) >= _PAIRS else 0.0
