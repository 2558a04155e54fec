"""Scores of frames by criteria: the one function that grader, calculator, what-if and regrade call.

Everything is computed for many frames at once: an array has one element per frame, not a number where nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tsplug.metrics import LARGEST, METRICS
from tsplug.model import Band, CriteriaRow, CriteriaSet, Trend

Numbers = NDArray[np.float64]

LOWEST_SCORE, HIGHEST_SCORE = 1, 100
DIGITS = 9
"""Decimals of a score that count; those beyond are what binary fractions leave."""

# What lies closer than this to a half was one before it was computed in binary: 89.49999999999999 is 89.5.
_TINY = 1e-9


@dataclass(frozen=True)
class Criteria:
    """A set of criteria with its rows, in the order in which they are shown."""

    set: CriteriaSet
    rows: tuple[CriteriaRow, ...]

    @property
    def scored_rows(self) -> tuple[CriteriaRow, ...]:
        """Return the rows that weigh in the score."""
        return tuple(row for row in self.rows if row.enabled and row.weight > 0)

    @property
    def gates(self) -> tuple[CriteriaRow, ...]:
        """Return the rows that can fail a frame whatever its score; they need no weight."""
        return tuple(row for row in self.rows if row.enabled and row.gate is not None)

    @property
    def thresholds(self) -> dict[Band, int]:
        """Return the lowest score of each band but the last, best first."""
        whole = self.set
        return {
            Band.A: whole.threshold_a,
            Band.B: whole.threshold_b,
            Band.C: whole.threshold_c,
            Band.D: whole.threshold_d,
        }

    def band_of(self, score: float) -> Band:
        """Return the band of a rounded score; a score at a threshold has its band."""
        return next((band for band, least in self.thresholds.items() if score >= least), Band.E)


@dataclass(frozen=True)
class RowScores:
    """What one row gives each frame: 0 to 100 by the limits, by the deviation from the peers, and in the end.

    ``contribution`` is the row's share of the unrounded score; the contributions of all rows sum to it.
    """

    row: CriteriaRow
    values: Numbers
    baselines: Numbers
    by_threshold: Numbers
    by_deviation: Numbers
    scores: Numbers
    contribution: Numbers


@dataclass(frozen=True)
class Gate:
    """What one gate does to frames: their values, and which of them it fails."""

    row: CriteriaRow
    values: Numbers
    failed: NDArray[np.bool_]


@dataclass(frozen=True)
class FrameScores:
    """The scores of frames: before and after rounding, and the part of the weight whose metrics were known.

    ``score`` is not a number where a frame has none.
    """

    criteria: Criteria
    rows: tuple[RowScores, ...]
    gates: tuple[Gate, ...]
    unrounded: Numbers
    coverage: Numbers
    score: Numbers


def score_frames(criteria: Criteria, values: Mapping[str, Numbers], *, baselines: Mapping[str, Numbers]) -> FrameScores:
    """Return the scores of frames by criteria (spec/peers AM-S1 to AM-S8).

    A row gives the lower of its threshold and deviation scores; the total is the mean of the rows whose metrics are
    known, weighed; the score is that rounded half to even, within 1 to 100. Where less than the minimum coverage is
    known, or nothing, there is none. A gate makes it the lowest.

    Args:
        criteria: a valid set.
        values: the frames' metrics by key, arrays of one length; nan where a frame has none.
        baselines: what the frame's peers have, by key, for the rows that look at deviation; nan where they say nothing.
    """
    count = len(next(iter(values.values()), ()))
    unknown = np.full(count, np.nan)
    known = {row.metric: _usable(row.metric, values.get(row.metric, unknown)) for row in criteria.rows}
    rows = [
        _row_scores(row, known[row.metric], baselines=baselines.get(row.metric, unknown))
        for row in criteria.scored_rows
    ]
    weight_known = _sum([np.where(np.isnan(each.scores), 0.0, each.row.weight) for each in rows], count)
    weight = sum(row.weight for row in criteria.scored_rows)
    coverage = weight_known / weight if weight else weight_known
    shared = tuple(_shared(each, weight_known) for each in rows)
    unrounded = np.where(weight_known > 0, _sum([each.contribution for each in shared], count), np.nan)
    gates = tuple(_gate(row, known[row.metric]) for row in criteria.gates)
    covered = (weight_known > 0) & (coverage >= criteria.set.minimum_coverage - _TINY)
    score = np.where(covered, rounded(unrounded), np.nan)
    for gate in gates:
        score = np.where(gate.failed, LOWEST_SCORE, score)
    return FrameScores(criteria, shared, gates, unrounded, coverage, score)


def rounded(unrounded: Numbers) -> Numbers:
    """Return scores as they are shown: rounded half to even, a perfect failure is 1 (spec/peers AM-S5)."""
    return np.clip(np.rint(np.round(unrounded, DIGITS)), LOWEST_SCORE, HIGHEST_SCORE)


def by_threshold(row: CriteriaRow, values: Numbers) -> Numbers:
    """Return 0 at ``bad`` to 100 at ``good``, linear between; equal limits make a step (spec/peers AM-S1)."""
    if row.good == row.bad:
        reached = values <= row.good if row.trend is Trend.LOWER_IS_BETTER else values >= row.good
        return np.where(np.isnan(values), np.nan, np.where(reached, 100.0, 0.0))
    # Nothing from below is nothing: of two zeros of different signs the lower one is a matter of the machine.
    return np.clip(100.0 * (values - row.bad) / (row.good - row.bad), 0.0, 100.0) + 0.0


def by_deviation(row: CriteriaRow, values: Numbers, *, baselines: Numbers) -> Numbers:
    """Return 100 up to the allowed worsening against the baseline, 0 at twice that, linear between (AM-S2).

    Nan where the baseline is not above zero.
    """
    sound = np.where(baselines > 0, baselines, np.nan)
    sign = 1.0 if row.trend is Trend.LOWER_IS_BETTER else -1.0
    worse_percent = np.maximum(0.0, sign * (values - sound) / sound * 100.0)
    return np.clip(100.0 * (2.0 * row.allowed_percent - worse_percent) / row.allowed_percent, 0.0, 100.0) + 0.0


def columns_of(metrics: Sequence[Mapping[str, float]], keys: Sequence[str]) -> dict[str, Numbers]:
    """Return the values of frames by metric, one array per key, nan where a frame has none."""
    return {key: np.array([each.get(key, math.nan) for each in metrics], dtype=np.float64) for key in keys}


def usable_samples(metric: str, values: Numbers) -> Numbers:
    """Return the values that say something of a frame's peers: what a failed measurement left says nothing."""
    usable = _usable(metric, values)
    return np.where(usable <= 0, np.nan, usable) if METRICS[metric].zero_is_failure else usable


def _usable(metric: str, values: Numbers) -> Numbers:
    known = METRICS[metric]
    measured = np.where(np.abs(values) <= LARGEST, values, np.nan)
    return measured if known.may_be_negative or known.zero_is_failure else np.where(measured < 0, np.nan, measured)


def _row_scores(row: CriteriaRow, values: Numbers, *, baselines: Numbers) -> RowScores:
    threshold = by_threshold(row, values)
    if METRICS[row.metric].zero_is_failure:
        threshold = np.where(values <= 0, 0.0, threshold)
    looks = row.deviation and METRICS[row.metric].has_true_zero
    baselines = baselines if looks else np.full(len(values), np.nan)
    deviation = by_deviation(row, values, baselines=baselines)
    scores = np.fmin(threshold, deviation)
    return RowScores(row, values, baselines, threshold, deviation, scores, scores)


def _shared(scores: RowScores, weight_known: Numbers) -> RowScores:
    share = scores.row.weight / np.where(weight_known > 0, weight_known, np.nan)
    return replace(scores, contribution=scores.scores * share)


def _sum(parts: Sequence[Numbers], count: int) -> Numbers:
    total = np.zeros(count)
    for part in parts:
        total += np.where(np.isnan(part), 0.0, part)
    return total


def _gate(row: CriteriaRow, values: Numbers) -> Gate:
    limit = math.nan if row.gate is None else row.gate
    return Gate(row, values, values > limit if row.trend is Trend.LOWER_IS_BETTER else values < limit)
