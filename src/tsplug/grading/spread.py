"""The test of a metric against comparable frames, in both modes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tsplug.grading.finding import Case, Finding, Outcome, Rule, replace
from tsplug.grading.harm import Harm
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.population import MINIMUM_PEERS
from tsplug.grading.usual import MetricUsual, usual_of
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus

_ALMOST_ZERO = 0.001


class Limits(NamedTuple):
    """What a profile prefers for one metric: on or off, sigma factor, and the automatic levels (None is off)."""

    enabled: bool
    sigma: float
    accept_level: float | None = None
    reject_level: float | None = None


@dataclass(frozen=True)
class SpreadCheck:
    """Rejects a frame whose value lies too far from those of comparable frames.

    ``zero_fails`` tells where a value of zero means that nothing was measured; then it fails without statistics, as it
    does in the reference for every metric. ``counts`` marks a metric of which zero is a measurement like any other.
    ``incomplete_passes`` is the reference's: where one comparable frame lacks the metric nothing is tested.
    ``of_reference`` is False for what the reference does not test, so that it has no rules for it.
    ``scale`` and ``yardstick`` are those of the robust mode.
    """

    title: str
    metric: str
    order: int
    limits: Callable[[GraderPreferences], Limits]
    scale: Callable[[AcquiredImage, GraderPreferences], Harm]
    yardstick: Yardstick
    zero_fails: bool = True
    counts: bool = False
    incomplete_passes: bool = False
    of_reference: bool = True

    @property
    def needs_peers(self) -> bool:
        """Return True: the test compares with other frames."""
        return True

    def enabled(self, preferences: GraderPreferences) -> bool:
        """Return whether the profile wants this test."""
        return self.limits(preferences).enabled

    def examine(self, case: Case) -> Finding:
        """Test a frame: missing value, automatic levels, zero, too few peers, then the spread."""
        value = case.image.metrics.get(self.metric)
        finding = self._blank
        if value is None or not math.isfinite(value):
            return replace(finding, detail=f"{self.metric} is {'missing' if value is None else 'not a number'}")
        finding = replace(finding, value=float(value))
        return self._absolute(case, finding, value=value) or self._among_peers(case, finding, value=value)

    @cached_property
    def _blank(self) -> Finding:
        unit = METRICS[self.metric].unit
        return Finding(self.title, self.metric, Outcome.ABSTAIN, Rule.MISSING, "", unit=unit)

    def _absolute(self, case: Case, finding: Finding, *, value: float) -> Finding | None:
        limits = self.limits(case.preferences)
        if limits.reject_level is not None and self._worse(value, than=limits.reject_level):
            side = "below" if self._more_is_better else "above"
            detail = f"{self._told(value)} is {side} the automatic reject level {limits.reject_level:g}"
            found = replace(finding, outcome=Outcome.REJECT, rule=Rule.REJECT_LEVEL, detail=detail)
            return self._bounded(found, limits.reject_level)
        if limits.accept_level is not None and not self._worse(value, than=limits.accept_level):
            detail = f"{self._told(value)} reaches the automatic accept level {limits.accept_level:g}"
            found = replace(finding, outcome=Outcome.PASS, rule=Rule.ACCEPT_LEVEL, detail=detail)
            return self._bounded(found, limits.accept_level)
        if self._zero_fails(case) and abs(value) <= _ALMOST_ZERO:
            return replace(finding, outcome=Outcome.REJECT, rule=Rule.ZERO, detail=f"{self.metric} is zero")
        return None

    @property
    def _more_is_better(self) -> bool:
        return METRICS[self.metric].better == "higher"

    def _worse(self, value: float, *, than: float) -> bool:
        return value < than if self._more_is_better else value > than

    def _bounded(self, finding: Finding, level: float) -> Finding:
        return replace(finding, lower=level) if self._more_is_better else replace(finding, upper=level)

    def _zero_fails(self, case: Case) -> bool:
        if self.of_reference and case.preferences.mode is GraderMode.TARGET_SCHEDULER:
            return not case.population.too_small
        return self.zero_fails

    def _among_peers(self, case: Case, finding: Finding, *, value: float) -> Finding:
        robust = case.preferences.mode is GraderMode.ROBUST
        usual = usual_of(case, self.metric, scale=self.scale, yardstick=self.yardstick) if robust else None
        samples = [] if robust else self._samples(case)
        finding = replace(finding, samples=usual.samples if usual else len(samples))
        if finding.samples < MINIMUM_PEERS:
            return replace(finding, outcome=Outcome.PASS, rule=Rule.FEW_PEERS, detail=self._few(finding.samples))
        if usual is not None:
            return self._against_usual(case, finding, value=value, usual=usual)
        if self.incomplete_passes and len(samples) < len(case.population.frames):
            detail = f"accepted by rule: a comparable frame has no {self.metric}"
            return replace(finding, outcome=Outcome.PASS, rule=Rule.FEW_PEERS, detail=detail)
        return self._against_spread(case, finding, value=value, samples=samples)

    def _samples(self, case: Case) -> list[float]:
        # A size of zero was never measured; a count of zero was.
        found = case.population.values(self.metric)
        return [sample for sample in found if self.counts or sample > _ALMOST_ZERO]

    def _few(self, number: int) -> str:
        return f"accepted by rule: {number} comparable frames have {self.metric}, {MINIMUM_PEERS} needed"

    def _against_spread(self, case: Case, finding: Finding, *, value: float, samples: Sequence[float]) -> Finding:
        """Compare with mean and sample standard deviation, as the reference does (spec/target-scheduler-domain 2.7)."""
        sigma = self.limits(case.preferences).sigma
        centre, spread = statistics.fmean(samples), statistics.stdev(samples)
        finding = replace(finding, centre=centre, spread=spread, sigma=sigma)
        how = f"{sigma:g} x {spread:.3g}, {len(samples)} frames"
        return self._judged(
            case, finding, value=value, bounds=(centre - sigma * spread, centre + sigma * spread), how=how
        )

    def _against_usual(self, case: Case, finding: Finding, *, value: float, usual: MetricUsual) -> Finding:
        """Compare with the levels of night and plan (`tsplug.grading.levels`)."""
        sigma = self.limits(case.preferences).sigma
        finding = replace(
            finding,
            centre=usual.centre,
            spread=usual.spread,
            sigma=sigma,
            samples=usual.samples,
            about=usual.about,
        )
        found = self._judged(case, finding, value=value, bounds=usual.bounds(sigma), how=usual.told(sigma))
        pending = case.image.status is GradingStatus.PENDING and not case.final
        if found.outcome is Outcome.REJECT and pending and usual.may_become_usual(value, sigma):
            detail = f"{found.detail}; later frames will tell whether the night stays so"
            return replace(found, outcome=Outcome.WAIT, rule=Rule.UNDECIDED, detail=detail)
        return found

    def _judged(self, case: Case, finding: Finding, *, value: float, bounds: tuple[float, float], how: str) -> Finding:
        better = METRICS[self.metric].better
        improve = case.preferences.accept_improvement and better is not None
        centre = finding.centre if finding.centre is not None else math.nan
        lower = None if improve and better == "lower" else bounds[0]
        upper = None if improve and better == "higher" else bounds[1]
        finding = replace(finding, lower=lower, upper=upper)
        name = "median" if case.preferences.mode is GraderMode.ROBUST else "mean"
        if improve and (value > centre if better == "higher" else value < centre):
            detail = f"{self._told(value)} is better than the {name} {centre:.4g}"
            return replace(finding, outcome=Outcome.PASS, rule=Rule.IMPROVEMENT, detail=detail)
        within = (lower is None or lower <= value) and (upper is None or value <= upper)
        detail = f"{self._told(value)} is {_place(lower, upper, within=within)} ({name} {centre:.4g}, {how})"
        return replace(finding, outcome=Outcome.PASS if within else Outcome.REJECT, rule=Rule.SPREAD, detail=detail)

    def _told(self, value: float) -> str:
        return f"{self.metric} {value:.4g} {METRICS[self.metric].unit}".rstrip()


def _place(lower: float | None, upper: float | None, *, within: bool) -> str:
    if lower is None:
        return f"{'at most' if within else 'above'} {upper:.4g}"
    if upper is None:
        return f"{'at least' if within else 'below'} {lower:.4g}"
    return f"{'within' if within else 'outside'} {lower:.4g} to {upper:.4g}"
