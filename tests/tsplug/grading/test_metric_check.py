"""Any metric against comparable frames."""

from __future__ import annotations

import pytest
from comparable_lights import light

from tsplug.grading.finding import Case, Finding, Outcome, Rule
from tsplug.grading.metric_check import metric_check
from tsplug.grading.population import Choice, population_of
from tsplug.metrics import METRICS, AmongPeers, Metric
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, MetricPreferences

TS, ROBUST = GraderMode.TARGET_SCHEDULER, GraderMode.ROBUST
BOTH = pytest.mark.parametrize("mode", [TS, ROBUST], ids=str)


def frame(number: int, key: str, value: float) -> AcquiredImage:
    return light(number, {key: value})


def found(key: str, value: float, samples: list[float], mode: GraderMode = ROBUST, **wishes: float | bool) -> Finding:
    preferences = GraderPreferences(mode=mode, metrics={key: MetricPreferences(grade=True, **wishes)})
    peers = [frame(number, key, sample) for number, sample in enumerate(samples, 1)]
    image = frame(0, key, value)
    population = population_of(image, peers, choice=Choice(mode))
    return metric_check(METRICS[key], order=1).examine(Case(image, population, preferences, None))


@BOTH
def test_only_the_bad_side_of_a_metric_rejects(mode: GraderMode) -> None:
    """More signal to noise than usual is an improvement, less of it is not; of background it is the other way round."""
    ratios = [20.0, 20.5, 21.0, 20.2, 20.8, 19.8]
    assert found("snr", 40.0, ratios, mode).rule is Rule.IMPROVEMENT
    assert found("snr", 6.0, ratios, mode).outcome is Outcome.REJECT
    levels = [1000.0, 1010.0, 1020.0, 990.0, 1005.0]
    assert found("background", 500.0, levels, mode).rule is Rule.IMPROVEMENT
    assert found("background", 9000.0, levels, mode).outcome is Outcome.REJECT


@BOTH
def test_where_no_direction_is_better_both_sides_reject(mode: GraderMode) -> None:
    """A metric without a better direction is tested on both sides, improvements accepted or not."""
    samples = [100.0, 101.0, 102.0, 103.0, 104.0]
    assert found("adu_min", 50.0, samples, mode).outcome is Outcome.REJECT
    assert found("adu_min", 150.0, samples, mode).outcome is Outcome.REJECT
    assert found("adu_min", 102.5, samples, mode).outcome is Outcome.PASS


@BOTH
def test_levels_follow_the_better_direction(mode: GraderMode) -> None:
    """What reaches the accepting level passes and what is worse than the rejecting one fails, without statistics."""
    samples = [20.0] * 5
    accepted, rejected = {"auto_accept": 5.0}, {"auto_reject": 25.0}
    assert found("snr", 5.0, samples, mode, **accepted).rule is Rule.ACCEPT_LEVEL
    assert found("snr", 4.9, samples, mode, **accepted).rule is not Rule.ACCEPT_LEVEL
    failed = found("snr", 24.9, samples, mode, **rejected)
    assert (failed.rule, failed.lower, failed.upper) == (Rule.REJECT_LEVEL, 25.0, None)
    assert found("snr", 25.0, samples, mode, **rejected).rule is not Rule.REJECT_LEVEL


@BOTH
def test_zero_is_a_value_like_any_other_unless_it_means_failure(mode: GraderMode) -> None:
    """No wind and no clouds are no failed measurement; no FWHM is one."""
    assert found("wind_speed", 0.0, [0.0, 1.0, 2.0, 1.0], mode).outcome is Outcome.PASS
    assert found("fwhm_arcsec", 0.0, [2.0, 2.1, 2.2, 2.1]).rule is Rule.ZERO


def test_the_spread_is_held_between_shares_of_good_to_bad() -> None:
    """SQM from 20.5 to 17: equal samples have a spread of 0.175, wild ones of 0.525."""
    assert found("sky_quality", 20.0, [20.0] * 5).spread == pytest.approx(0.05 * 3.5)
    wild = found("sky_quality", 20.0, [22.0, 21.0, 20.0, 19.0, 18.0, 17.0, 16.0])
    assert wild.spread == pytest.approx(0.15 * 3.5)


def test_a_metric_may_be_graded_unasked_but_not_by_the_rules_of_the_reference() -> None:
    """A metric's file can switch its test on for every profile in robust mode; a profile still has the last word."""
    metric = Metric("clarity", "Clarity", "%", "higher", among_peers=AmongPeers(graded=True))
    check = metric_check(metric, order=1)
    refused = {"clarity": MetricPreferences(grade=False)}
    assert check.enabled(GraderPreferences())
    assert not check.enabled(GraderPreferences(mode=TS))
    assert not check.enabled(GraderPreferences(metrics=refused))


def test_where_nothing_is_better_than_good_the_best_quarter_sets_the_standard() -> None:
    """A night that is mostly hazy still shows what a clear sky lets through."""
    hazy = [100.0, 99.0, 101.0, 100.0, 60.0, 62.0, 58.0, 61.0, 59.0, 60.0, 63.0, 57.0]
    assert found("transparency", 60.0, hazy).outcome is Outcome.REJECT
    assert found("transparency", 95.0, hazy).outcome is Outcome.PASS
    most = [20.0, 20.1, 20.2, 20.1, 8.0, 8.1, 8.2, 8.0, 8.1, 8.2, 8.0, 8.1]
    assert found("snr", 8.0, most).outcome is Outcome.PASS
