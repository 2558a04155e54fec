"""One frame's score with everything behind it: rows, what decided each, and what would reach the next band."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from tsplug.grading.criteria import Criteria, FrameScores, Gate, RowScores, score_frames
from tsplug.metrics import METRICS
from tsplug.model import Band, CriteriaRow, Trend

_ALL = 100.0
_JUST = 1e-6
# A half above an odd threshold's predecessor rounds down to even, so a little more is needed there.


class CardRow(NamedTuple):
    """One row of a card: scores of 0 to 100 by threshold and by deviation (None without a baseline), the lower one.

    ``decided_by`` is "threshold" or "deviation". ``contribution`` is the row's share of the unrounded score.
    """

    metric: str
    value: float
    weight: float
    good: float
    bad: float
    baseline: float | None
    threshold_score: float
    deviation_score: float | None
    score: float
    contribution: float
    decided_by: str


@dataclass(frozen=True)
class NextBand:
    """The next better band, the points it lacks, and for each metric the value that alone would reach it.

    A metric whose best value would not do has None.
    """

    band: Band
    points: float
    values: dict[str, float | None]


@dataclass(frozen=True)
class ScoreCard:
    """A frame's score and band, both None where it is ungraded, and ``reason`` says why; or which gate failed it."""

    score: int | None
    band: Band | None
    unrounded: float | None
    coverage: float
    rows: tuple[CardRow, ...]
    missing: tuple[str, ...]
    gated: tuple[str, ...] = ()
    reason: str = ""
    next_band: NextBand | None = None


def score_values(
    criteria: Criteria, values: Mapping[str, float], *, baselines: Mapping[str, float] | None = None
) -> ScoreCard:
    """Return the card of one frame from its metrics, and from its peers' where rows look at deviation."""
    keys = {row.metric for row in criteria.rows}
    numbers = {key: np.array([values.get(key, math.nan)], dtype=np.float64) for key in sorted(keys)}
    peers = {key: np.array([value], dtype=np.float64) for key, value in (baselines or {}).items()}
    card = Cards(score_frames(criteria, numbers, baselines=peers)).at(0)
    scored = card.score is not None and not card.gated
    return replace(card, next_band=_next_band(card, criteria)) if scored else card


class Cards:
    """The cards of all frames of scores, made one by one when they are asked for.

    Numbers are looked up in lists: an array takes longer to give one away than a card to be made.
    """

    def __init__(self, scores: FrameScores) -> None:
        self._scores = scores
        self._rows = [_Lists.of(each) for each in scores.rows]
        self._score, self._unrounded = scores.score.tolist(), scores.unrounded.tolist()
        self._coverage = scores.coverage.tolist()
        self._bands: dict[float, Band] = {}
        self._failed = [gate.failed.tolist() for gate in scores.gates]

    def conclusion(self, place: int) -> tuple[int | None, Band | None]:
        """Return score and band of a frame, both None where it is ungraded."""
        score = self._score[place]
        if self._failed and self.is_gated(place):
            return int(score), Band.E
        if math.isnan(score):
            return None, None
        band = self._bands.get(score)
        if band is None:
            band = self._bands[score] = self._scores.criteria.band_of(score)
        return int(score), band

    def is_gated(self, place: int) -> bool:
        """Return whether a gate fails a frame."""
        return any(failed[place] for failed in self._failed)

    def at(self, place: int) -> ScoreCard:
        """Return the card of the frame at a place, without what would reach the next band."""
        criteria = self._scores.criteria
        score, band = self.conclusion(place)
        gated = [gate for gate, failed in zip(self._scores.gates, self._failed, strict=True) if failed[place]]
        card = ScoreCard(
            score=score,
            band=band,
            unrounded=_number(self._unrounded[place]),
            coverage=self._coverage[place],
            rows=tuple(row for lists in self._rows if (row := lists.row(place)) is not None),
            missing=tuple(lists.row_of_set.metric for lists in self._rows if math.isnan(lists.scores[place])),
            gated=tuple(gate.row.metric for gate in gated),
        )
        if gated:
            return replace(card, reason="; ".join(_gate_words(gate, place) for gate in gated))
        return card if score is not None else replace(card, reason=_ungraded_text(card, criteria))


@dataclass(frozen=True)
class _Lists:
    """What one row of criteria gives each frame, as `RowScores`, in lists."""

    row_of_set: CriteriaRow
    values: list[float]
    baselines: list[float]
    by_threshold: list[float]
    by_deviation: list[float]
    scores: list[float]
    contribution: list[float]

    @classmethod
    def of(cls, scores: RowScores) -> _Lists:
        names = ("values", "baselines", "by_threshold", "by_deviation", "scores", "contribution")
        return cls(scores.row, *(getattr(scores, name).tolist() for name in names))

    def row(self, place: int) -> CardRow | None:
        """Return the row of a frame's card, None where its metric is not known."""
        score = self.scores[place]
        if math.isnan(score):
            return None
        row, threshold, deviation = self.row_of_set, self.by_threshold[place], _number(self.by_deviation[place])
        return CardRow(
            metric=row.metric,
            value=self.values[place],
            weight=row.weight,
            good=row.good,
            bad=row.bad,
            baseline=_number(self.baselines[place]),
            threshold_score=threshold,
            deviation_score=deviation,
            score=score,
            contribution=self.contribution[place],
            decided_by="deviation" if deviation is not None and deviation < threshold else "threshold",
        )


def reaching(card: ScoreCard, criteria: Criteria, *, band: Band) -> NextBand:
    """Return the points that a scored frame lacks for a band better than its own, and what would make them good."""
    least = criteria.thresholds[band]
    needed = least - 0.5 + (_JUST if least % 2 else 0.0)
    points = needed - (card.unrounded or 0.0)
    weight = sum(row.weight for row in card.rows)
    rows = {row.metric: row for row in criteria.scored_rows}
    values = {
        each.metric: _value_of(rows[each.metric], each.score + points * weight / each.weight, baseline=each.baseline)
        for each in card.rows
    }
    return NextBand(band, points, values)


def _gate_words(gate: Gate, place: int) -> str:
    side = "above" if gate.row.trend is Trend.LOWER_IS_BETTER else "below"
    unit = METRICS[gate.row.metric].unit
    return f"{gate.row.metric} {gate.values[place]:.4g} is {side} the gate {gate.row.gate:.4g} {unit}".rstrip()


def _ungraded_text(card: ScoreCard, criteria: Criteria) -> str:
    if not card.rows:
        return f"none of the metrics of {criteria.set.name!r} is known"
    return (
        f"only {card.coverage:.0%} of the weight of {criteria.set.name!r} is known "
        f"({', '.join(card.missing)} missing), {criteria.set.minimum_coverage:.0%} needed"
    )


def _next_band(card: ScoreCard, criteria: Criteria) -> NextBand | None:
    above = [band for band, least in criteria.thresholds.items() if card.score is not None and least > card.score]
    return reaching(card, criteria, band=above[-1]) if above else None


def _value_of(row: CriteriaRow, score: float, *, baseline: float | None) -> float | None:
    """Return the value at which a row gives so many points, or None where none does."""
    if score > _ALL + _JUST:
        return None
    lower = row.trend is Trend.LOWER_IS_BETTER
    limits = [row.good if row.good == row.bad else row.bad + min(score, _ALL) / _ALL * (row.good - row.bad)]
    if baseline is not None and baseline > 0:
        worse = row.allowed_percent * (2.0 - min(score, _ALL) / _ALL) / _ALL
        limits.append(baseline * (1.0 + worse if lower else 1.0 - worse))
    if row.gate is not None:
        # The points may be had beyond the gate that would fail the frame.
        limits.append(row.gate)
    return min(limits) if lower else max(limits)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
