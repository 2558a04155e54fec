"""What one check found on one frame, with every number that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from tsplug.grading.population import Population
from tsplug.model import AcquiredImage, GraderPreferences


class Outcome(StrEnum):
    """What a check says: nothing wrong, wrong, not yet known, or nothing can be said."""

    PASS = "pass"
    REJECT = "reject"
    WAIT = "wait"
    ABSTAIN = "abstain"


class Rule(StrEnum):
    """Which rule of a check decided."""

    MISSING = "missing value"
    REJECT_LEVEL = "automatic reject level"
    ACCEPT_LEVEL = "automatic accept level"
    ZERO = "zero"
    FEW_PEERS = "few peers"
    IMPROVEMENT = "improvement"
    SPREAD = "spread"
    THRESHOLD = "threshold"
    UNDECIDED = "spell not over"
    YOUNG = "night too young"


class Finding(NamedTuple):
    """The result of one check; numbers in the metric's unit, None where they do not exist.

    ``lower`` and ``upper`` bound what passes; ``samples`` counts the population's values; ``sigma`` is the factor;
    ``about`` says how centre and bounds came about where that takes more than these numbers.
    """

    check: str
    metric: str
    outcome: Outcome
    rule: Rule
    detail: str
    value: float | None = None
    unit: str = ""
    samples: int = 0
    centre: float | None = None
    spread: float | None = None
    sigma: float | None = None
    lower: float | None = None
    upper: float | None = None
    about: Mapping[str, float | int | None] = MappingProxyType({})

    @property
    def is_by_rule(self) -> bool:
        """Return whether too few frames told anything."""
        return self.rule is Rule.FEW_PEERS

    def as_inputs(self) -> dict[str, object]:
        """Return the finding as plain JSON types."""
        # Each by its name, since many thousand are written at once.
        return {
            "check": self.check,
            "metric": self.metric,
            "outcome": self.outcome.value,
            "rule": self.rule.value,
            "detail": self.detail,
            "value": self.value,
            "unit": self.unit,
            "samples": self.samples,
            "centre": self.centre,
            "spread": self.spread,
            "sigma": self.sigma,
            "lower": self.lower,
            "upper": self.upper,
            "about": dict(self.about),
        }


@dataclass
class Case:
    """A frame under test with what it is tested against; the scale is that of its own pixels, binning included.

    It is None where the optics of the rig are unknown. ``final`` is whether later frames are not waited for.
    ``asked`` is `tsplug.grading.provenance.asked_of` the preferences, where that is known already. ``settled`` is what
    tests remember of it, by their titles.
    """

    image: AcquiredImage
    population: Population
    preferences: GraderPreferences
    scale_arcsec: float | None
    final: bool = False
    asked: str = ""
    settled: dict[str, Outcomes] = field(default_factory=dict, repr=False, compare=False)


class Outcomes(Protocol):
    """What of a test decides: a `Finding` says it, and so does what a test comes to before it is told of."""

    @property
    def outcome(self) -> Outcome:
        """Return what the test says."""
        ...

    @property
    def rule(self) -> Rule:
        """Return which of its rules decided."""
        ...


class Check(Protocol):
    """One test of one metric."""

    @property
    def title(self) -> str:
        """Return the reject reason, as other schedulers write it."""
        ...

    @property
    def metric(self) -> str:
        """Return the key of the metric that is tested."""
        ...

    @property
    def order(self) -> int:
        """Return the place in the order of tests; the first that fails names the reason."""
        ...

    @property
    def needs_peers(self) -> bool:
        """Return whether the test compares with other frames."""
        ...

    def enabled(self, preferences: GraderPreferences) -> bool:
        """Return whether the profile wants this test."""
        ...

    def settle(self, case: Case) -> Outcomes:
        """Test a frame, without telling how that came about: most are only counted."""
        ...

    def examine(self, case: Case) -> Finding:
        """Test a frame."""
        ...
