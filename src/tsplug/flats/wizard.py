"""Finds the panel's brightness and the exposure that give flats of a wanted level: a bounded search, frame by frame.

What a frame shows is taken to be ``bias + exposure x light``, which holds for any camera below saturation; the light
need not be proportional to the panel's setting, only not fall when it rises. So the exposure is scaled, and the setting
is bracketed between one that is too dim at the longest exposure and one that is too bright at the shortest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tsplug.flats.level import rounded_s

_SATURATED = 0.95
_SATURATED_STEP = 8.0
_FEWEST_ADU = 5.0


class Verdict(StrEnum):
    """How a search ended."""

    FOUND = "found"
    TOO_BRIGHT = "too bright"
    TOO_DIM = "too dim"
    TOO_COARSE = "too coarse"
    UNSTEADY = "unsteady"
    GIVEN_UP = "given up"


@dataclass(frozen=True)
class Trial:
    """A setting to look at: panel brightness and exposure in seconds."""

    brightness: int
    exposure_s: float


@dataclass(frozen=True)
class Reading:
    """What a trial gave: the frame's median level in ADU."""

    trial: Trial
    adu: float


@dataclass(frozen=True)
class Search:
    """What is looked for, and where: levels in ADU, exposures in seconds; equal limits fix exposure or brightness.

    ``target_adu`` includes the ``bias_adu`` that a frame without light shows. ``frames`` bounds the search.
    """

    target_adu: float
    max_adu: float
    exposures_s: tuple[float, float]
    brightnesses: tuple[int, int]
    tolerance_percent: float = 10.0
    bias_adu: float = 0.0
    frames: int = 20

    def hits(self, adu: float) -> bool:
        """Return whether a level is within the tolerance of the one wanted."""
        return abs(adu - self.target_adu) <= self.target_adu * self.tolerance_percent / 100.0

    def clamped_s(self, exposure_s: float) -> float:
        """Return the nearest exposure that is allowed, rounded so that settings share their dark flats."""
        low, high = self.exposures_s
        return min(max(rounded_s(min(max(exposure_s, low), high)), low), high)

    @property
    def signal_adu(self) -> float:
        """Return the level wanted above the bias."""
        return max(self.target_adu - self.bias_adu, _FEWEST_ADU)


@dataclass(frozen=True)
class Outcome:
    """The end of a search: the setting found, or why there is none, in words."""

    verdict: Verdict
    reading: Reading | None
    reason: str


def next_step(search: Search, readings: Sequence[Reading]) -> Trial | Outcome:
    """Return the setting to look at next, or how the search ended.

    Deterministic in its arguments: a search may be stopped, shown and gone on with at any frame.

    Args:
        search: what is looked for.
        readings: every trial so far with what it gave, in order.
    """
    if not readings:
        low, high = search.brightnesses
        # In the middle of both ranges, as ratios go.
        middle_s = search.clamped_s(math.sqrt(math.prod(search.exposures_s)))
        return Trial(round(math.sqrt(max(low, 1) * max(high, 1))), middle_s)
    last = readings[-1]
    if search.hits(last.adu) and not _is_saturated(last, search):
        return Outcome(Verdict.FOUND, last, f"{last.adu:.0f} ADU at brightness {last.trial.brightness}")
    step = _rescaled(search, readings) or _other_brightness(search, readings)
    if isinstance(step, Trial) and len(readings) >= search.frames:
        return Outcome(Verdict.GIVEN_UP, _nearest(search, readings), _given_up(search, readings))
    return step


def _rescaled(search: Search, readings: Sequence[Reading]) -> Trial | None:
    """Return the same brightness with the exposure it asks for, or None where no exposure helps."""
    last = readings[-1]
    here = [item for item in readings if item.trial.brightness == last.trial.brightness]
    if _is_saturated(last, search):
        shorter_s = search.clamped_s(last.trial.exposure_s / _SATURATED_STEP)
        return Trial(last.trial.brightness, shorter_s) if shorter_s < last.trial.exposure_s else None
    wanted_s = _wanted_s(last, search)
    exposure_s = search.clamped_s(wanted_s)
    if not _worth_trying(exposure_s, wanted_s, search=search):
        return None
    tried = any(math.isclose(item.trial.exposure_s, exposure_s, rel_tol=0.01) for item in here)
    # A setting that scaling has led back to is not looked at a third time: its light is not steady.
    return None if tried and len(here) > 2 else Trial(last.trial.brightness, exposure_s)


def _worth_trying(exposure_s: float, wanted_s: float, *, search: Search) -> bool:
    """Return whether an allowed exposure is near enough to the one wanted to give the level."""
    if not math.isfinite(wanted_s):
        return False
    expected = search.bias_adu + search.signal_adu * exposure_s / wanted_s
    return search.hits(expected)


def _wanted_s(reading: Reading, search: Search) -> float:
    signal = reading.adu - search.bias_adu
    return math.inf if signal < _FEWEST_ADU else reading.trial.exposure_s * search.signal_adu / signal


def _is_saturated(reading: Reading, search: Search) -> bool:
    return reading.adu >= _SATURATED * search.max_adu


def _other_brightness(search: Search, readings: Sequence[Reading]) -> Trial | Outcome:
    """Return another brightness between what is known to be too dim and too bright."""
    low, high = search.brightnesses
    dim = [item for item in readings if not _is_saturated(item, search) and _wanted_s(item, search) > _limit(search, 1)]
    bright = [item for item in readings if _is_saturated(item, search) or _wanted_s(item, search) < _limit(search, 0)]
    too_dim = max((item.trial.brightness for item in dim), default=low - 1)
    too_bright = min((item.trial.brightness for item in bright), default=high + 1)
    if too_dim >= high:
        return Outcome(Verdict.TOO_DIM, _nearest(search, readings), _too_dim(search, readings))
    if too_bright <= low:
        return Outcome(Verdict.TOO_BRIGHT, _nearest(search, readings), _too_bright(search, readings))
    if too_dim >= too_bright or (too_dim < low and too_bright > high):
        return Outcome(Verdict.UNSTEADY, _nearest(search, readings), "the light changes from frame to frame")
    if too_bright - too_dim <= 1:
        return Outcome(Verdict.TOO_COARSE, _nearest(search, readings), _too_coarse(search, too_dim))
    brightness = _between(too_dim, too_bright, limits=(low, high))
    return Trial(brightness, _start_s(search, readings))


def _limit(search: Search, side: int) -> float:
    return search.exposures_s[side]


def _between(too_dim: int, too_bright: int, *, limits: tuple[int, int]) -> int:
    """Return the geometric middle: panels are dim over most of their steps."""
    low, high = limits
    lower, upper = max(too_dim + 1, low), min(too_bright - 1, high)
    return min(max(round(math.sqrt(max(lower, 1) * max(upper, 1))), lower), upper)


def _start_s(search: Search, readings: Sequence[Reading]) -> float:
    """Return the exposure to look at a new brightness with: the nearest one to what the last one asked for."""
    last = readings[-1]
    return search.exposures_s[0] if _is_saturated(last, search) else search.clamped_s(_wanted_s(last, search))


def _nearest(search: Search, readings: Sequence[Reading]) -> Reading:
    return min(readings, key=lambda item: abs(item.adu - search.target_adu))


def _too_bright(search: Search, readings: Sequence[Reading]) -> str:
    low = search.brightnesses[0]
    shown = min(item.adu for item in readings if item.trial.brightness <= low)
    return (
        f"too bright: {shown:.0f} ADU at the lowest brightness {low} and {search.exposures_s[0]:g} s, "
        f"{search.target_adu:.0f} ADU wanted: dim the panel with a sheet of paper, or allow shorter exposures"
    )


def _too_dim(search: Search, readings: Sequence[Reading]) -> str:
    high = search.brightnesses[1]
    shown = max(item.adu for item in readings if item.trial.brightness >= high)
    return (
        f"too dim: {shown:.0f} ADU at the highest brightness {high} and {search.exposures_s[1]:g} s, "
        f"{search.target_adu:.0f} ADU wanted: is the panel lit? allow longer exposures"
    )


def _too_coarse(search: Search, too_dim: int) -> str:
    return (
        f"the panel's steps are too coarse: brightness {too_dim} is too dim and {too_dim + 1} too bright "
        f"for exposures {_exposures(search)}: allow other exposures, or a larger tolerance"
    )


def _exposures(search: Search) -> str:
    low_s, high_s = search.exposures_s
    return f"of {low_s:g} s" if low_s == high_s else f"of {low_s:g} to {high_s:g} s"


def _given_up(search: Search, readings: Sequence[Reading]) -> str:
    best = _nearest(search, readings)
    return (
        f"{search.target_adu:.0f} ADU not reached in {search.frames} frames, {best.adu:.0f} ADU at best "
        f"(brightness {best.trial.brightness}, {best.trial.exposure_s:g} s): allow more frames"
    )
