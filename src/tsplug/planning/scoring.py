"""How good targets are right now: the weighted sum of the scoring rules, for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np

from tsplug.model import RuleShare
from tsplug.model.project import RULE_WEIGHTS
from tsplug.planning.arrays import FloatArray, Mask
from tsplug.planning.candidates import Candidate

_EVEN = 2.0


@dataclass(frozen=True, eq=False)
class Contest:
    """The targets that can be imaged at a moment, as scoring rules see them: arrays with a value for each target.

    Attributes:
        candidates: the targets with project and plans.
        now: the moment.
        night_start: the noon at which the night began.
        progress: how far each is, 0 to 1.
        ends_h: when each ends tonight, in hours after that noon.
        is_current: which of them was imaged last.
        transit_min: minutes until the nearest transit, negative after it.
        flip_after_min: how long after transit the host flips.
        moon_score: how much the plans that can be exposed mind the Moon, the highest of each target (0 to 1).
        others_progress: mean progress of the other panels of the mosaic; NaN for what is none.
    """

    candidates: Sequence[Candidate]
    now: datetime
    night_start: datetime
    progress: FloatArray
    ends_h: FloatArray
    is_current: Mask
    transit_min: FloatArray
    flip_after_min: float
    moon_score: FloatArray
    others_progress: FloatArray

    def __post_init__(self) -> None:
        """Keep every rule from changing what the rules after it see."""
        for each in (self.progress, self.ends_h, self.is_current, self.transit_min):
            each.setflags(write=False)
        self.moon_score.setflags(write=False)
        self.others_progress.setflags(write=False)


class RuleValue(Protocol):
    """Values targets, from 0 to 1."""

    def __call__(self, contest: Contest, /) -> FloatArray:
        """Return the value of each target under the rule."""
        ...


@dataclass(frozen=True)
class ScoringRule:
    """One reason to prefer a target: its name as in a project's rule weights, what it means, and its value.

    ``weight`` counts where a project names none: for tsplug's own rules it stands with the model.
    """

    name: str
    meaning: str
    value: RuleValue
    weight: float | None = None

    @property
    def default_weight(self) -> float:
        """Return the weight where a project names none."""
        return RULE_WEIGHTS.get(self.name, 0.0) if self.weight is None else self.weight


def weights_of(candidates: Sequence[Candidate], rules: Mapping[str, ScoringRule]) -> FloatArray:
    """Return the weight of each rule (a row each) for each target: its project's, the default where it names none."""
    by_project: dict[int, list[float]] = {}
    defaults = [(rule.name, rule.default_weight) for rule in rules.values()]
    columns = []
    for each in candidates:
        key = id(each.project)
        if key not in by_project:
            own = each.project.rule_weights
            by_project[key] = [own.get(name, default) for name, default in defaults]
        columns.append(by_project[key])
    return np.array(columns, dtype=np.float64).reshape(-1, len(rules)).T


def uneven_words(sums: Mapping[str, float]) -> str:
    """Return in words that the rule weights of projects add up to very different sums; empty where they do not.

    A score is the sum of weights times values and is not normalised: the larger weights win whatever the sky is like.
    ``sums`` are those of the projects' weights, by their names.
    """
    ordered = sorted(sums.items(), key=lambda each: (each[1], each[0]))
    if len(ordered) <= 1 or ordered[-1][1] <= _EVEN * ordered[0][1]:
        return ""
    (least, least_sum), (most, most_sum) = ordered[0], ordered[-1]
    return (
        f"the rule weights of project {most} add up to {most_sum:g}, those of {least} to {least_sum:g}: "
        f"{most} wins nearly always; weights that add up alike leave it to the rules"
    )


class Answers(NamedTuple):
    """What each rule (a row each) gives each target, NaN where it abstains; and why rules abstain, a line each."""

    values: FloatArray
    troubles: tuple[str, ...] = ()


def values_of(contest: Contest, weights: FloatArray, *, rules: Mapping[str, ScoringRule]) -> Answers:
    """Return what the rules give targets; a rule that weighs nothing anywhere is not asked.

    A rule that fails, or answers with something else than a number from 0 to 1 for each target, abstains.
    """
    values = np.zeros(weights.shape)
    troubles = []
    for row, rule in enumerate(rules.values()):
        if not (weights[row] > 0).any():
            continue
        try:
            values[row] = _given(rule, contest, count=len(contest.candidates))
        except _AbstainsError as why:
            values[row] = np.nan
            troubles.append(f"scoring rule {rule.name} abstains: {why}")
    return Answers(values, tuple(troubles))


class _AbstainsError(Exception):
    """A rule has no answer."""


def _given(rule: ScoringRule, contest: Contest, *, count: int) -> FloatArray:
    try:
        given = np.asarray(rule.value(contest), dtype=np.float64)
    except Exception as error:
        # A rule of somebody else must not end the night.
        raise _AbstainsError(f"{type(error).__name__}: {error}") from error
    if given.shape != (count,) or not ((given >= 0) & (given <= 1)).all():
        raise _AbstainsError("it must give a number from 0 to 1 for each target")
    return given


def shares_of(values: FloatArray, weights: FloatArray, *, rules: Mapping[str, ScoringRule]) -> tuple[RuleShare, ...]:
    """Return what the rules give one target, those of weight 0 and those that abstain left out."""
    return tuple(
        RuleShare(rule=name, value=float(value), weight=float(weight))
        for name, value, weight in zip(rules, values, weights, strict=True)
        if weight > 0 and not np.isnan(value)
    )
