"""The screen transfer function: how dark frames are shown so that their background and faint light can be seen.

Shadows are clipped a number of standard deviations below the median of the frame (1.4826 MAD stands for one), the rest
is spread over 0 to 1, and the midtones transfer function lifts the median to a target. This is the auto-stretch that
PixInsight introduced and N.I.N.A. shows frames with; both use -2.8 and 0.25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.histogram import LevelHistogram
from tsplug.imaging.statistics import adu_statistics

MAD_TO_SIGMA = 1.4826
_STEPS = 65_536


@dataclass(frozen=True)
class StretchSettings:
    """How frames are stretched.

    ``shadows_sigma`` is where black begins, in standard deviations from the median: the nearer to 0, the harder the
    contrast. ``target`` is how bright the background becomes, 0 to 1.
    """

    shadows_sigma: float = -2.8
    target: float = 0.25


@dataclass(frozen=True)
class Levels:
    """The median of a frame or channel and its raw MAD: in ADU, or as shares of full scale where it is stretched."""

    median: float
    mad: float


def midtones(values: NDArray[np.float64], balance: float) -> NDArray[np.float64]:
    """Return the midtones transfer function of values in 0..1: 0, 1/2 and 1 for 0, ``balance`` and 1."""
    return np.asarray((balance - 1.0) * values / ((2.0 * balance - 1.0) * values - balance))


def levels_of(values: NDArray[np.generic]) -> Levels:
    """Return the levels of values; those that are no number are left out."""
    if LevelHistogram.serves(values.dtype) and values.size:
        found = adu_statistics(values)
        return Levels(found.median, found.mad)
    known = np.asarray(values, dtype=np.float64).ravel()
    known = known[np.isfinite(known)]
    if not known.size:
        return Levels(0.0, 0.0)
    median = float(np.median(known))
    return Levels(median, float(np.median(np.abs(known - median))))


def linked(channels: Sequence[Levels]) -> Levels:
    """Return the levels by which all channels are stretched alike, so that colours stay: the means of theirs."""
    return Levels(
        sum(each.median for each in channels) / len(channels), sum(each.mad for each in channels) / len(channels)
    )


def stretch(
    values: NDArray[np.float64], *, levels: Levels | None = None, settings: StretchSettings | None = None
) -> NDArray[np.float64]:
    """Return values in 0..1 stretched, by their own levels or those given."""
    levels, settings = levels or levels_of(values), settings or StretchSettings()
    shadows = max(0.0, levels.median + settings.shadows_sigma * MAD_TO_SIGMA * levels.mad)
    if shadows >= 1.0:
        return np.zeros_like(values)
    clipped = np.clip((values - shadows) / (1.0 - shadows), 0.0, 1.0)
    level = (levels.median - shadows) / (1.0 - shadows)
    if not 0.0 < level < 1.0:
        return clipped
    return midtones(clipped, float(midtones(np.array([level]), settings.target)[0]))


def as_bytes(
    values: NDArray[np.float32], *, levels: Levels | None = None, settings: StretchSettings | None = None
) -> NDArray[np.uint8]:
    """Return values in 0..1 stretched to 0..255, looked up in a table; what is no number is black."""
    levels = levels or levels_of(values)
    steps = np.arange(_STEPS, dtype=np.float64) / (_STEPS - 1)
    table = np.rint(255.0 * stretch(steps, levels=levels, settings=settings)).astype(np.uint8)
    places = np.nan_to_num(values * np.float32(_STEPS - 1), nan=0.0, posinf=_STEPS - 1, neginf=0.0)
    shown: NDArray[np.uint8] = table[np.clip(np.rint(places), 0, _STEPS - 1).astype(np.uint16)]
    return shown
