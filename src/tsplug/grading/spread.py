"""The test of a metric against the spread of its population, in both modes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tsplug.grading.finding import Case, Finding, Outcome, Rule
from tsplug.grading.population import MINIMUM_PEERS
from tsplug.metrics import METRICS
from tsplug.model import GraderMode, GraderPreferences

MAD_TO_SIGMA = 1.4826
"""Turns the median absolute deviation into the standard deviation of a normal distribution."""

_ALMOST_ZERO = 0.001


@dataclass(frozen=True)
class Limits:
    """What a profile prefers for one metric: on or off, sigma factor, and the automatic levels (0 is off)."""

    enabled: bool
    sigma: float
    accept_level: float = 0.0
    reject_level: float = 0.0


@dataclass(frozen=True)
class Floor:
    """The least spread that robust statistics may claim.

    A few equal values have no spread at all, and would reject whatever differs by a hair. The floor is the largest of
    a share of the centre, an absolute amount, and, for counts, the square root of the centre (Poisson).
    """

    share: float
    absolute: float = 0.0
    counted: bool = False

    def of(self, centre: float) -> float:
        """Return the floor at a centre, in the metric's unit."""
        poisson = math.sqrt(max(centre, 0.0)) if self.counted else 0.0
        return max(self.share * abs(centre), self.absolute, poisson)


@dataclass(frozen=True)
class SpreadCheck:
    """Rejects a frame whose value lies too far from those of comparable frames.

    ``zero_fails`` tells where a value of zero means that nothing was measured; then it fails without statistics.
    """

    title: str
    metric: str
    order: int
    limits: Callable[[GraderPreferences], Limits]
    floor: Floor
    zero_fails: bool = True

    @property
    def needs_peers(self) -> bool:
        """Return True: the test compares with other frames."""
        return True

    def enabled(self, preferences: GraderPreferences) -> bool:
        """Return whether the profile wants this test."""
        return self.limits(preferences).enabled

    def examine(self, case: Case) -> Finding:
        """Test a frame: missing value, automatic levels, zero, too few peers, then the spread."""
        unit = METRICS[self.metric].unit
        value = case.image.metrics.get(self.metric)
        finding = Finding(self.title, self.metric, Outcome.ABSTAIN, Rule.MISSING, "", unit=unit)
        if value is None or not math.isfinite(value):
            return replace(finding, detail=f"{self.metric} is {'missing' if value is None else 'not a number'}")
        finding = replace(finding, value=float(value))
        return self._absolute(case, finding, value=value) or self._among_peers(case, finding, value=value)

    def _absolute(self, case: Case, finding: Finding, *, value: float) -> Finding | None:
        limits = self.limits(case.preferences)
        if limits.reject_level > 0 and value > limits.reject_level:
            detail = f"{self._told(value)} is above the automatic reject level {limits.reject_level:g}"
            return replace(
                finding, outcome=Outcome.REJECT, rule=Rule.REJECT_LEVEL, upper=limits.reject_level, detail=detail
            )
        if limits.accept_level > 0 and value <= limits.accept_level:
            detail = f"{self._told(value)} reaches the automatic accept level {limits.accept_level:g}"
            return replace(
                finding, outcome=Outcome.PASS, rule=Rule.ACCEPT_LEVEL, upper=limits.accept_level, detail=detail
            )
        compatible = case.preferences.mode is GraderMode.TARGET_SCHEDULER
        if self._is_zero(value) and not (compatible and case.population.too_small):
            return replace(finding, outcome=Outcome.REJECT, rule=Rule.ZERO, detail=f"{self.metric} is zero")
        return None

    def _is_zero(self, value: float) -> bool:
        return self.zero_fails and abs(value) <= _ALMOST_ZERO

    def _among_peers(self, case: Case, finding: Finding, *, value: float) -> Finding:
        samples = [sample for sample in case.population.values(self.metric) if self._usable(sample)]
        finding = replace(finding, samples=len(samples))
        if len(samples) < MINIMUM_PEERS:
            detail = f"accepted by rule: {len(samples)} comparable frames have {self.metric}, {MINIMUM_PEERS} needed"
            return replace(finding, outcome=Outcome.PASS, rule=Rule.FEW_PEERS, detail=detail)
        return self._against_spread(case, finding, value=value, samples=samples)

    def _usable(self, sample: float) -> bool:
        # A size of zero was never measured; a count of zero, or the eccentricity of round stars, was.
        return self.floor.counted or not self.zero_fails or sample > _ALMOST_ZERO

    def _against_spread(self, case: Case, finding: Finding, *, value: float, samples: Sequence[float]) -> Finding:
        preferences, sigma = case.preferences, self.limits(case.preferences).sigma
        centre, spread = centre_and_spread(samples, mode=preferences.mode, floor=self.floor)
        reach = spread * sigma
        lower, upper = _bounds(
            centre, reach, better=METRICS[self.metric].better, improve=preferences.accept_improvement
        )
        finding = replace(finding, centre=centre, spread=spread, sigma=sigma, lower=lower, upper=upper)
        improved = value > centre if METRICS[self.metric].better == "higher" else value < centre
        if preferences.accept_improvement and improved:
            detail = f"{self._told(value)} is better than the {_centre_name(preferences.mode)} {centre:.4g}"
            return replace(finding, outcome=Outcome.PASS, rule=Rule.IMPROVEMENT, detail=detail)
        within = abs(centre - value) <= reach
        detail = (
            f"{self._told(value)} is {_place(lower, upper, within=within)} "
            f"({_centre_name(preferences.mode)} {centre:.4g}, {sigma:g} x {spread:.3g}, {len(samples)} frames)"
        )
        return replace(finding, outcome=Outcome.PASS if within else Outcome.REJECT, rule=Rule.SPREAD, detail=detail)

    def _told(self, value: float) -> str:
        return f"{self.metric} {value:.4g} {METRICS[self.metric].unit}".rstrip()


def centre_and_spread(samples: Sequence[float], *, mode: GraderMode, floor: Floor) -> tuple[float, float]:
    """Return the centre and the spread of at least three values.

    ``target-scheduler``: arithmetic mean and sample standard deviation (spec/target-scheduler-domain 2.7).
    ``robust``: median and 1.4826 x median absolute deviation, never below the floor.
    """
    if mode is GraderMode.TARGET_SCHEDULER:
        return statistics.fmean(samples), statistics.stdev(samples)
    centre = statistics.median(samples)
    deviation = statistics.median([abs(sample - centre) for sample in samples])
    return centre, max(MAD_TO_SIGMA * deviation, floor.of(centre))


def _bounds(centre: float, reach: float, *, better: str | None, improve: bool) -> tuple[float | None, float | None]:
    lower = None if improve and better == "lower" else centre - reach
    upper = None if improve and better == "higher" else centre + reach
    return lower, upper


def _place(lower: float | None, upper: float | None, *, within: bool) -> str:
    if lower is None:
        return f"{'at most' if within else 'above'} {upper:.4g}"
    if upper is None:
        return f"{'at least' if within else 'below'} {lower:.4g}"
    return f"{'within' if within else 'outside'} {lower:.4g} to {upper:.4g}"


def _centre_name(mode: GraderMode) -> str:
    return "median" if mode is GraderMode.ROBUST else "mean"
