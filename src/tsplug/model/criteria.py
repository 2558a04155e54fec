"""Criteria: which metrics make a score, how much each weighs, and where the bands begin."""

from __future__ import annotations

from sqlmodel import Field

from tsplug.model.base import Record, new_guid
from tsplug.model.enums import Trend


class CriteriaSet(Record):
    """Scores of 1 to 100 at or above a threshold have its band; those below ``threshold_d`` are E.

    ``minimum_coverage`` is the fraction of the enabled weight whose metrics must be known for a score.
    """

    guid: str = Field(default_factory=new_guid)
    name: str = Field(min_length=1)
    description: str = ""
    threshold_a: int = Field(default=90, ge=1, le=100)
    threshold_b: int = Field(default=80, ge=1, le=100)
    threshold_c: int = Field(default=70, ge=1, le=100)
    threshold_d: int = Field(default=60, ge=1, le=100)
    minimum_coverage: float = Field(default=0.0, ge=0, le=1)


class CriteriaRow(Record):
    """One metric of a set: 100 points at ``good``, 0 at ``bad``, linear between, weighed.

    With ``deviation`` the score is also held against the frame's peers: ``allowed_percent`` worse than they still has
    all points, twice as much none. A value on the wrong side of ``gate`` gives the lowest band, whatever the score.
    """

    set_id: int
    metric: str = Field(min_length=1)
    enabled: bool = True
    trend: Trend
    good: float
    bad: float
    weight: float = Field(ge=0, le=100)
    deviation: bool = False
    allowed_percent: float = Field(default=20.0, ge=0.1, le=1000)
    gate: float | None = None
