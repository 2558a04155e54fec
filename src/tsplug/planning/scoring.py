"""How good a target is right now: the weighted sum of the scoring rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tsplug.planning.candidates import Candidate


@dataclass(frozen=True)
class Scored:
    """What scoring rules look at: a target that can be imaged now.

    Attributes:
        candidate: the target with project and plans.
        progress: how far it is, 0 to 1.
        ends: until when it can be imaged tonight.
        night_start: the noon at which the night began.
        is_current: whether it was imaged last.
    """

    candidate: Candidate
    progress: float
    ends: datetime
    night_start: datetime
    is_current: bool


class RuleValue(Protocol):
    """Values a target, from 0 to 1."""

    def __call__(self, scored: Scored, /) -> float:
        """Return the value of a target under the rule."""
        ...


@dataclass(frozen=True)
class ScoringRule:
    """One reason to prefer a target: its name as in a project's rule weights, what it means, and its value."""

    name: str
    meaning: str
    value: RuleValue


@dataclass(frozen=True)
class RuleScore:
    """What one rule gave a target: value 0 to 1, weight 0 to 100."""

    rule: str
    value: float
    weight: float

    @property
    def product(self) -> float:
        """Return the rule's share of the score."""
        return self.value * self.weight / 100
