"""How well the mount follows: the guiding error as one series in time, of which every exposure sees its part."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hostsim.sky.curves import Blocks, Floats, Wander
from hostsim.sky.nights import Night
from hostsim.sky.randomness import stream
from hostsim.sky.scenario import GuidingPlan
from hostsim.sky.scene import GuidingSample
from hostsim.sky.wind import BLOCK_S, Wind, block_hours

_RA_ARCSEC = 0.42
_DEC_ARCSEC = 0.36
_WANDER = 0.2
_JITTER = 0.2
_MINUTE_BLOCKS = 60 // BLOCK_S
_HOUR_BLOCKS = 3600 // BLOCK_S
_CALM_M_PER_S = 5.0
_PER_WIND_M_PER_S = 0.3
_JOLT_BLOCKS = (8, 14)
_JOLT_FACTOR = (5.0, 7.0)
_HOURS_KEPT = 64


class Guiding:
    """The guiding of one seeded night.

    The error's variance is one series in blocks of ten seconds, and an exposure sees its mean: the parts of a split
    exposure add up to the whole, and exposures that overlap agree. It wanders slowly and by the minute, grows with
    every gust above 5 m/s, and a rare jolt shakes right ascension for about two minutes. While the guide star is lost
    the mount drifts beside that.
    """

    def __init__(self, seed: int, plan: GuidingPlan, *, wind: Wind) -> None:
        """Draw the series of this seed; ``wind`` shakes the mount."""
        self._seed = seed
        self._plan = plan
        self._wind = wind
        self._slow = Wander(seed, "guiding")
        self._ra, self._dec = (Blocks(seed, f"guiding {axis}", per_hour=60) for axis in ("ra", "dec"))
        self._jolts = lru_cache(_HOURS_KEPT)(self._jolts_of)

    def sample(self, night: Night, started_h: float, *, duration_s: float) -> GuidingSample:
        """Return the error over an exposure begun at ``started_h`` hours since 2000-01-01 00:00 UTC."""
        begin = started_h * 3600.0 / BLOCK_S
        end = begin + duration_s / BLOCK_S
        first, last = math.floor(begin), max(math.floor(begin), math.ceil(end) - 1)
        edges = np.clip(np.arange(first, last + 2), begin, end)
        weights = np.diff(edges) / (end - begin) if end > begin else np.ones(1)
        ra, dec = self._arcsec(night, first, last=last)
        lost_ra, lost_dec = self._drift(night, started_h, duration_s=duration_s)
        return GuidingSample(
            rms_ra_arcsec=math.sqrt(float((weights * ra * ra).sum())),
            rms_dec_arcsec=math.sqrt(float((weights * dec * dec).sum())),
            drift_ra_arcsec=lost_ra,
            drift_dec_arcsec=lost_dec,
        )

    def _arcsec(self, night: Night, first: int, *, last: int) -> tuple[Floats, Floats]:
        """Return the errors in the blocks ``first`` to ``last``, both included."""
        blocks = np.arange(first, last + 1)
        gusts = np.maximum(self._wind.blocks(night, first, last=last) - _CALM_M_PER_S, 0.0)
        level = 1.0 + _WANDER * self._slow.at(block_hours(first, last))
        level = level * (1.0 + _PER_WIND_M_PER_S * gusts) * self._plan.rms_factor
        minutes = blocks // _MINUTE_BLOCKS
        ra, dec = (
            1.0 + _JITTER * (2.0 * axis.between(int(minutes[0]), int(minutes[-1]))[minutes - minutes[0]] - 1.0)
            for axis in (self._ra, self._dec)
        )
        begin = first // _HOUR_BLOCKS
        jolts = np.concatenate([self._jolts(hour) for hour in range(begin, last // _HOUR_BLOCKS + 1)])
        return _RA_ARCSEC * level * ra * jolts[blocks - begin * _HOUR_BLOCKS], _DEC_ARCSEC * level * dec

    def _jolts_of(self, hour: int) -> Floats:
        """Return by how much jolts multiply the error in right ascension, in each block of an hour."""
        rng = stream(self._seed, "jolts", hour)
        factors = np.ones(_HOUR_BLOCKS)
        for _ in range(rng.poisson(self._plan.jolts_per_hour)):
            blocks = int(rng.integers(*_JOLT_BLOCKS))
            start = int(rng.integers(0, _HOUR_BLOCKS - blocks))
            factors[start : start + blocks] = rng.uniform(*_JOLT_FACTOR)
        return factors

    def _drift(self, night: Night, started_h: float, *, duration_s: float) -> tuple[float, float]:
        start_h = started_h - night.dusk_hours
        end_h = start_h + duration_s / 3600.0
        ra = dec = 0.0
        for loss in self._plan.losses:
            lost_s = max(0.0, min(end_h, loss.end_hours) - max(start_h, loss.start_hours)) * 3600.0
            ra += loss.drift_ra_arcsec_per_s * lost_s
            dec += loss.drift_dec_arcsec_per_s * lost_s
        return ra, dec
