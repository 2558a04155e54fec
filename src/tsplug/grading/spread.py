"""The test of a metric against comparable frames, in both modes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeGuard

from tsplug.grading.finding import Case, Finding, Outcome, Rule
from tsplug.grading.harm import Harm
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.population import MINIMUM_PEERS
from tsplug.grading.usual import MetricUsual, usual_of
from tsplug.metrics import METRICS, is_measured
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus

_ALMOST_ZERO = 0.001
_AWAITED = {
    Rule.UNDECIDED: "later frames will tell whether the night stays so",
    Rule.YOUNG: "its night is too young to tell: later frames will",
}


class Limits(NamedTuple):
    """What a profile prefers for one metric: on or off, sigma factor, and the automatic levels (None is off)."""

    enabled: bool
    sigma: float
    accept_level: float | None = None
    reject_level: float | None = None


class Settled(NamedTuple):
    """What a test comes to, in numbers: as `Finding`, before anything is told of it."""

    outcome: Outcome
    rule: Rule
    value: float | None
    samples: int = 0
    centre: float | None = None
    spread: float | None = None
    sigma: float | None = None
    lower: float | None = None
    upper: float | None = None
    usual: MetricUsual | None = None


@dataclass(frozen=True)
class SpreadCheck:
    """Rejects a frame whose value lies too far from those of comparable frames.

    ``zero_fails`` tells where a value of zero means that nothing was measured; then it fails without statistics, as it
    does in the reference for every metric. ``counts`` marks a metric of which zero is a measurement like any other.
    ``incomplete_passes`` is the reference's: where one comparable frame lacks the metric nothing is, zeros neither.
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

    def settle(self, case: Case) -> Settled:
        """Test a frame: missing value, automatic levels, zero, too few peers, then the spread.

        The case remembers what that came to: who concludes briefly at first asks again for what explains it.
        """
        known = case.settled.get(self._key)
        if not isinstance(known, Settled):
            known = case.settled[self._key] = self._settle(case)
        return known

    def asks(self, case: Case, limits: Limits) -> Harm | None:
        """Return the scale on which the frame is held against others as `tsplug.grading.levels` has them.

        None where it is not, or was tested already. ``limits`` are those of its preferences, which are robust ones.
        """
        value = case.image.metrics.get(self.metric)
        if not self._is_measured(value) or self._key in case.settled:
            return None
        if self._absolute(case, value, limits=limits) is not None:
            return None
        return self.scale(case.image, case.preferences)

    def keep(self, case: Case, usual: MetricUsual, *, limits: Limits) -> None:
        """Settle a frame that `asks`, by what is usual for it."""
        value = case.image.metrics[self.metric]
        case.settled[self._key] = self._by_usual(case, value, usual=usual, limits=limits)

    @cached_property
    def _key(self) -> str:
        # Two metrics may have one title: one in pixels and one in seconds of arc.
        return f"{self.metric}: {self.title}"

    def _settle(self, case: Case) -> Settled:
        value = case.image.metrics.get(self.metric)
        if not self._is_measured(value):
            return Settled(Outcome.ABSTAIN, Rule.MISSING, value)
        limits = self.limits(case.preferences)
        return self._absolute(case, value, limits=limits) or self._among_peers(case, value, limits=limits)

    def examine(self, case: Case) -> Finding:
        """Test a frame as `settle` does, and tell how that came about."""
        settled = self.settle(case)
        outcome, rule, value, samples, centre, spread, sigma, _, _, usual = settled
        known = None if value is None or rule is Rule.MISSING else float(value)
        detail, about = self._detail(case, settled), {} if usual is None else usual.about
        told = self.title, self.metric, outcome, rule, detail, known, self._unit, samples
        return Finding(*told, centre, spread, sigma, *self._ends(case, settled), about)

    @cached_property
    def _unit(self) -> str:
        return METRICS[self.metric].unit

    @cached_property
    def _better(self) -> str | None:
        return METRICS[self.metric].better

    def _is_measured(self, value: float | None) -> TypeGuard[float]:
        """Return whether a value may be one: of what cannot be negative such a number says that there is none."""
        return is_measured(value) and (value >= 0 or METRICS[self.metric].may_be_negative or self.zero_fails)

    def _absolute(self, case: Case, value: float, *, limits: Limits) -> Settled | None:
        if value < -_ALMOST_ZERO and self.zero_fails and not METRICS[self.metric].may_be_negative:
            # A program's word for nothing measured, however good a level or the peers would find it.
            return Settled(Outcome.REJECT, Rule.ZERO, value)
        if limits.reject_level is not None and self._worse(value, than=limits.reject_level):
            return Settled(Outcome.REJECT, Rule.REJECT_LEVEL, value)
        if limits.accept_level is not None and not self._worse(value, than=limits.accept_level):
            return Settled(Outcome.PASS, Rule.ACCEPT_LEVEL, value)
        if abs(value) <= _ALMOST_ZERO and self._zero_fails(case):
            return Settled(Outcome.REJECT, Rule.ZERO, value)
        return None

    def _ends(self, case: Case, settled: Settled) -> tuple[float | None, float | None]:
        """Return the smallest and the largest value that pass: what peers allow, less or more by automatic levels.

        The one lies above the other where no value passes.
        """
        limits, value = self.limits(case.preferences), settled.value
        accept, reject = limits.accept_level, limits.reject_level
        if value is None or settled.rule in (Rule.MISSING, Rule.ZERO) or (accept is None and reject is None):
            return settled.lower, settled.upper
        by_level = settled.rule in (Rule.REJECT_LEVEL, Rule.ACCEPT_LEVEL)
        peers = self._among_peers(case, value, limits=limits) if by_level else settled
        higher = self._better == "higher"
        good, bad = (peers.upper, peers.lower) if higher else (peers.lower, peers.upper)
        if accept is not None:
            good = good if good is not None and self._worse(good, than=accept) else None
            bad = accept if bad is not None and self._worse(accept, than=bad) else bad
        if reject is not None and (bad is None or self._worse(bad, than=reject)):
            bad = reject
        return (bad, good) if higher else (good, bad)

    def _worse(self, value: float, *, than: float) -> bool:
        return value < than if self._better == "higher" else value > than

    def _zero_fails(self, case: Case) -> bool:
        if self.of_reference and case.preferences.mode is GraderMode.TARGET_SCHEDULER:
            return not case.population.too_small and not self._is_incomplete(case, self._samples(case))
        return self.zero_fails

    def _among_peers(self, case: Case, value: float, *, limits: Limits) -> Settled:
        if case.preferences.mode is GraderMode.ROBUST:
            usual = usual_of(case, self.metric, scale=self.scale, yardstick=self.yardstick)
            return self._by_usual(case, value, usual=usual, limits=limits)
        samples = self._samples(case)
        if len(samples) < MINIMUM_PEERS or self._is_incomplete(case, samples):
            return Settled(Outcome.PASS, Rule.FEW_PEERS, value, len(samples))
        return self._against_spread(case, value, samples=samples, sigma=limits.sigma)

    def _by_usual(self, case: Case, value: float, *, usual: MetricUsual | None, limits: Limits) -> Settled:
        number = usual.samples if usual else 0
        if usual is not None and number >= MINIMUM_PEERS:
            return self._against_usual(case, value, usual=usual, sigma=limits.sigma)
        return Settled(Outcome.PASS, Rule.FEW_PEERS, value, number)

    def _is_incomplete(self, case: Case, samples: Sequence[float]) -> bool:
        return self.incomplete_passes and len(samples) < case.population.size

    def _samples(self, case: Case) -> list[float]:
        # A size of zero was never measured; a count of zero was.
        found = case.population.values(self.metric)
        return [sample for sample in found if self.counts or sample > _ALMOST_ZERO]

    def _against_spread(self, case: Case, value: float, *, samples: Sequence[float], sigma: float) -> Settled:
        """Compare with mean and sample standard deviation, as the reference does (spec/target-scheduler-domain 2.7)."""
        centre, spread = statistics.fmean(samples), statistics.stdev(samples)
        bounds: tuple[float | None, float | None] = (centre - sigma * spread, centre + sigma * spread)
        if case.preferences.accept_improvement and self._better is not None:
            bounds = (bounds[0], None) if self._better == "higher" else (None, bounds[1])
        outcome, rule = self._judged(case, value, centre=centre, bounds=bounds)
        return Settled(outcome, rule, value, len(samples), centre, spread, sigma, *bounds)

    def _against_usual(self, case: Case, value: float, *, usual: MetricUsual, sigma: float) -> Settled:
        """Compare with the levels of night and plan (`tsplug.grading.levels`).

        While later frames may tell more a frame waits that only doubt would accept, and one that nothing would.
        """
        if usual.usual.undecided and case.image.status is GradingStatus.PENDING and not case.final:
            known = self._within_usual(case, value, usual=usual.without_doubt(), sigma=sigma)
            if known.outcome is Outcome.REJECT:
                rule = Rule.YOUNG if usual.usual.night is None else Rule.UNDECIDED
                return known._replace(outcome=Outcome.WAIT, rule=rule)
        return self._within_usual(case, value, usual=usual, sigma=sigma)

    def _within_usual(self, case: Case, value: float, *, usual: MetricUsual, sigma: float) -> Settled:
        if not (case.preferences.accept_improvement and self._better is not None):
            bounds: tuple[float | None, float | None] = usual.bounds(sigma)
        else:
            # What is better than usual is no fault, so the other end is all that counts.
            end = usual.bad_end(sigma)
            bounds = (end, None) if self._better == "higher" else (None, end)
        if usual.usual.sampled and self._better == "lower":
            # A level that pixels can just show is none that stars may be too sharp for.
            bounds = None, bounds[1]
        outcome, rule = self._judged(case, value, centre=usual.centre, bounds=bounds)
        return Settled(outcome, rule, value, usual.samples, usual.centre, usual.spread, sigma, *bounds, usual)

    def _judged(
        self, case: Case, value: float, *, centre: float, bounds: tuple[float | None, float | None]
    ) -> tuple[Outcome, Rule]:
        better, (lower, upper) = self._better, bounds
        if (
            better is not None
            and case.preferences.accept_improvement
            and (value > centre if better == "higher" else value < centre)
        ):
            return Outcome.PASS, Rule.IMPROVEMENT
        within = (lower is None or lower <= value) and (upper is None or value <= upper)
        return Outcome.PASS if within else Outcome.REJECT, Rule.SPREAD

    def _detail(self, case: Case, settled: Settled) -> str:
        value, rule = settled.value, settled.rule
        if value is None or rule is Rule.MISSING:
            return f"{self.metric} {_unmeasured(value)}"
        if rule is Rule.ZERO:
            return f"{self.metric} is {_zero(value)}"
        if rule is Rule.FEW_PEERS:
            return self._few(settled.samples)
        told = f"{self.metric} {value:.4g} {self._unit}".rstrip()
        if rule in (Rule.REJECT_LEVEL, Rule.ACCEPT_LEVEL):
            return f"{told} {self._level_words(case, rule)}"
        name = _centre_name(case, settled)
        if rule is Rule.IMPROVEMENT:
            return f"{told} is better than the {name} {settled.centre:.4g}"
        place = _place(settled.lower, settled.upper, within=settled.outcome is Outcome.PASS)
        text = f"{told} is {place} ({name} {settled.centre:.4g}, {_how(settled)})"
        return f"{text}; {_AWAITED[rule]}, or the noon after it" if rule in _AWAITED else text

    def _few(self, number: int) -> str:
        if number < MINIMUM_PEERS:
            return f"accepted by rule: {number} comparable frames have {self.metric}, {MINIMUM_PEERS} needed"
        return f"accepted by rule: a comparable frame has no {self.metric}"

    def _level_words(self, case: Case, rule: Rule) -> str:
        limits = self.limits(case.preferences)
        if rule is Rule.ACCEPT_LEVEL:
            return f"reaches the automatic accept level {limits.accept_level:g}"
        side = "below" if self._better == "higher" else "above"
        return f"is {side} the automatic reject level {limits.reject_level:g}"


def _centre_name(case: Case, settled: Settled) -> str:
    if settled.usual is not None and settled.usual.usual.sampled:
        return "pixel limit"
    return "median" if case.preferences.mode is GraderMode.ROBUST else "mean"


def _unmeasured(value: float | None) -> str:
    if value is None:
        return "is missing"
    if is_measured(value):
        return f"is {value:g}, and cannot be negative"
    return f"is {value:g}, more than anything measures" if math.isfinite(value) else "is not a number"


def _zero(value: float) -> str:
    return "zero" if abs(value) <= _ALMOST_ZERO else f"{value:g}, and cannot be negative"


def _how(settled: Settled) -> str:
    sigma = settled.sigma or 0.0
    if settled.usual is not None:
        return settled.usual.told(sigma)
    return f"{sigma:g} x {settled.spread:.3g}, {settled.samples} frames"


def _place(lower: float | None, upper: float | None, *, within: bool) -> str:
    if lower is None:
        return f"{'at most' if within else 'above'} {upper:.4g}"
    if upper is None:
        return f"{'at least' if within else 'below'} {lower:.4g}"
    return f"{'within' if within else 'outside'} {lower:.4g} to {upper:.4g}"
