"""Scores by criteria: the golden numbers of spec/peers (f), and what holds for every set."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_card import ScoreCard, score_values
from tsplug.metrics import METRICS
from tsplug.model import Band, CriteriaRow, CriteriaSet, Trend
from tsplug.services.criteria import default_criteria

SKY = {"hfr": 2.6, "star_count": 180.0, "guiding_rms": 0.8, "altitude": 55.0}
WEATHER = {"sky_quality": 19.8, "wind_speed": 3.0, "cloud_cover": 20.0}


def row(metric: str = "hfr", **fields: Any) -> CriteriaRow:
    """Return a row with the defaults of its metric."""
    known = METRICS[metric]
    trend = Trend.LOWER_IS_BETTER if known.better == "lower" else Trend.HIGHER_IS_BETTER
    usual = {"trend": trend, "good": known.good, "bad": known.bad, "weight": 1.0}
    return CriteriaRow(**{"set_id": 0, "metric": metric, **usual, **fields})


def criteria(*rows: CriteriaRow, **fields: Any) -> Criteria:
    """Return a set of rows."""
    return Criteria(CriteriaSet(**{"name": "s", **fields}), rows)


def score_of_hfr(value: float, **fields: Any) -> ScoreCard:
    """Return the card of an HFR alone, with limits from 0 to 100 so that the value is the score it lacks."""
    return score_values(criteria(row("hfr", good=0.0, bad=100.0, **fields)), {"hfr": value})


def test_the_golden_frame_scores_as_its_source_says() -> None:
    """Seven rows at their defaults: 63.18997 of .84 is 75.22615, rounds to 75, band C."""
    card = score_values(default_criteria(), SKY | WEATHER)
    assert [each.score for each in card.rows] == pytest.approx([75, 69.5652, 85, 70, 80, 70, 76.9231], abs=5e-5)
    assert sum(each.weight * each.score for each in card.rows) == pytest.approx(63.18997, abs=5e-6)
    assert sum(each.weight for each in card.rows) == pytest.approx(0.84)
    assert card.unrounded == pytest.approx(75.22615, abs=5e-6)
    assert (card.score, card.band, card.coverage, card.missing) == (75, Band.C, pytest.approx(1.0), ())


def test_missing_rows_leave_the_weight_to_the_others() -> None:
    """Without the weather the score is of what is known, and the coverage says how much that is."""
    card = score_values(default_criteria(), SKY)
    assert card.unrounded == pytest.approx(75.01918, abs=5e-6)
    assert (card.score, card.coverage) == (75, pytest.approx(0.8095, abs=5e-5))
    assert card.missing == ("sky_quality", "wind_speed", "cloud_cover")


@pytest.mark.parametrize(
    ("value", "by_threshold", "by_deviation", "score", "decided"),
    [
        (2.4, 81.25, 100, 81.25, "threshold"),
        (2.5, 78.125, 75, 75, "deviation"),
        (2.6, 75, 50, 50, "deviation"),
        (2.8, 68.75, 0, 0, "deviation"),
        (4.0, 31.25, 0, 0, "deviation"),
        (1.5, 100, 100, 100, "threshold"),
    ],
)
def test_the_lower_of_threshold_and_deviation_wins(
    value: float, by_threshold: float, by_deviation: float, *, score: float, decided: str
) -> None:
    """Golden HFRs against a baseline of 2.0 with 20 % allowed; only worsening counts."""
    found = score_values(criteria(row(deviation=True)), {"hfr": value}, baselines={"hfr": 2.0}).rows[0]
    assert (found.threshold_score, found.deviation_score) == pytest.approx((by_threshold, by_deviation))
    assert (found.score, found.decided_by) == (pytest.approx(score), decided)


def test_fewer_stars_than_the_peers_are_a_worsening_too() -> None:
    """Where higher is better, 25 % fewer than the baseline with 20 % allowed leaves 75."""
    rows = criteria(row("star_count", deviation=True))
    found = score_values(rows, {"star_count": 750.0}, baselines={"star_count": 1000.0}).rows[0]
    assert (found.deviation_score, found.score) == (pytest.approx(75), pytest.approx(75))


@pytest.mark.parametrize("baselines", [{}, {"hfr": 0.0}, {"hfr": -1.0}, {"hfr": math.nan}])
def test_without_a_positive_baseline_the_threshold_decides_alone(baselines: dict[str, float]) -> None:
    """A percentage of nothing is none."""
    found = score_values(criteria(row(deviation=True)), {"hfr": 2.6}, baselines=baselines).rows[0]
    assert (found.deviation_score, found.score) == (None, pytest.approx(75))


@pytest.mark.parametrize(
    ("hfr", "score", "band"),
    [
        (10.5, 90, "A"),
        (11.5, 88, "B"),
        (20.5, 80, "B"),
        (20.6, 79, "C"),
        (40.0, 60, "D"),
        (40.5, 60, "D"),
        (41.0, 59, "E"),
    ],
)
def test_the_band_is_that_of_the_score_shown(hfr: float, score: int, band: str) -> None:
    """89.5 rounds to 90 and is A, 88.5 to 88: half to even, and the band follows the rounded score, inclusively."""
    card = score_of_hfr(hfr)
    assert (card.score, card.band) == (score, Band(band))


def test_binary_fractions_do_not_spoil_a_half() -> None:
    """Three rows whose mean is 89.5 but for the last bit are 90."""
    limits = {"good": 0.0, "bad": 100.0}
    rows = criteria(row("hfr", weight=0.1, **limits), row("fwhm_arcsec", weight=0.2, **limits))
    card = score_values(rows, {"hfr": 10.7, "fwhm_arcsec": 10.4})
    assert card.unrounded == pytest.approx(89.5)
    assert (card.score, card.band) == (90, Band.A)


def test_a_perfect_failure_reads_one() -> None:
    """The scale has no zero."""
    assert (score_of_hfr(100.0).score, score_of_hfr(100.0).band) == (1, Band.E)


def test_no_points_are_never_minus_nothing() -> None:
    """A value at its bad limit has 0 points and not -0, whichever of two zeros a machine holds for the lower one."""
    known = criteria(row("hfr", good=2.0, bad=6.0, deviation=True))
    found = score_values(known, {"hfr": 6.0}, baselines={"hfr": 2.0}).rows[0]
    parts = (found.threshold_score, found.score, found.contribution)
    assert found.deviation_score == 0.0
    assert [math.copysign(1.0, each) for each in parts] == [1.0] * 3


@pytest.mark.parametrize("value", [0.0, -1.0])
@pytest.mark.parametrize("metric", ["hfr", "star_count"])
def test_what_was_not_measured_scores_zero_in_its_row_alone(metric: str, value: float) -> None:
    """No HFR and no stars are worth nothing, but the frame has its other rows."""
    card = score_values(criteria(row(metric), row("altitude")), {metric: value, "altitude": 70.0})
    assert [each.score for each in card.rows] == [0.0, 100.0]
    assert card.score == 50


@pytest.mark.parametrize(
    ("metric", "value", "score"), [("temperature", -5.0, 25.0), ("dew_point", -10.0, 100.0), ("altitude", -3.0, 0.0)]
)
def test_negative_values_count_where_the_metric_has_them(metric: str, value: float, score: float) -> None:
    """Frost is a temperature: a peer ignores every negative value, we do not."""
    assert score_values(criteria(row(metric)), {metric: value}).rows[0].score == pytest.approx(score)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_impossible_values_are_missing(value: float) -> None:
    """A negative wind speed, and what is no number, is not looked at."""
    card = score_values(criteria(row("wind_speed")), {"wind_speed": value})
    assert (card.score, card.band, card.missing) == (None, None, ("wind_speed",))
    assert card.reason == "none of the metrics of 's' is known"


def test_too_little_evidence_is_ungraded_and_not_the_lowest_band() -> None:
    """One metric alone must not pass for the whole set where a minimum coverage is asked for."""
    rows = (row("hfr", weight=0.3), row("altitude", weight=0.7))
    card = score_values(criteria(*rows, minimum_coverage=0.5), {"hfr": 1.0})
    assert (card.score, card.band, card.unrounded) == (None, None, pytest.approx(100))
    assert card.reason == "only 30% of the weight of 's' is known (altitude missing), 50% needed"
    assert score_values(criteria(*rows, minimum_coverage=0.3), {"hfr": 1.0}).score == 100


def test_disabled_and_weightless_rows_do_not_score() -> None:
    """What is switched off or weighs nothing is neither scored nor missed."""
    rows = criteria(row("hfr"), row("altitude", enabled=False), row("wind_speed", weight=0.0))
    card = score_values(rows, {"hfr": 1.8, "altitude": 0.0, "wind_speed": 10.0})
    assert ([each.metric for each in card.rows], card.score, card.missing) == (["hfr"], 100, ())


@pytest.mark.parametrize(("value", "points"), [(2.0, 100.0), (2.0001, 0.0)])
def test_equal_limits_make_a_step(value: float, points: float) -> None:
    """With good = bad there is nothing between: all points on the good side, inclusively."""
    assert score_values(criteria(row(good=2.0, bad=2.0)), {"hfr": value}).rows[0].score == points


def test_a_gate_fails_a_frame_whatever_its_score() -> None:
    """A physical failure is not averaged away, also by a row that has no weight."""
    gated = criteria(row("altitude"), row("guiding_rms", weight=0.0, gate=3.0))
    card = score_values(gated, {"altitude": 70.0, "guiding_rms": 3.5})
    assert (card.score, card.band, card.gated, card.unrounded) == (1, Band.E, ("guiding_rms",), 100.0)
    assert card.reason == "guiding_rms 3.5 is above the gate 3 arcsec"
    assert score_values(gated, {"altitude": 70.0, "guiding_rms": 3.0}).score == 100
    assert score_values(gated, {"altitude": 70.0}).score == 100
    no_stars = score_values(criteria(row("star_count", gate=1.0)), {"star_count": 0.0})
    assert (no_stars.band, no_stars.reason) == (Band.E, "star_count 0 is below the gate 1")


def test_a_gate_needs_no_coverage() -> None:
    """What is known is enough to fail a frame, even where it is not enough to score it."""
    rows = criteria(row("altitude", weight=9.0), row("hfr", gate=4.0), minimum_coverage=0.9)
    card = score_values(rows, {"hfr": 4.5})
    assert (card.score, card.band) == (1, Band.E)


VALUES = {"hfr": st.floats(0.0, 9.0), "star_count": st.floats(0.0, 400.0), "temperature": st.floats(-40.0, 40.0)}

GATES = {"hfr": [1.8, 3.4], "star_count": [250.0, 120.0]}


@st.composite
def sets(draw: st.DrawFn) -> Criteria:
    """Return a valid set of some rows."""
    metrics = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True))
    return criteria(
        *(
            row(
                metric,
                weight=draw(st.floats(0.01, 10.0)),
                deviation=METRICS[metric].has_true_zero and draw(st.booleans()),
                allowed_percent=draw(st.floats(0.1, 100.0)),
                gate=draw(st.sampled_from([None, *GATES.get(metric, [])])),
            )
            for metric in metrics
        ),
        minimum_coverage=draw(st.sampled_from([0.0, 0.5])),
    )


FRAMES = st.fixed_dictionaries({}, optional=VALUES)
PEERS = st.fixed_dictionaries({}, optional={"hfr": st.floats(0.5, 6.0), "star_count": st.floats(1.0, 400.0)})


@given(sets(), FRAMES, PEERS)
def test_a_card_is_consistent(known: Criteria, frame: dict[str, float], peers: dict[str, float]) -> None:
    """Scores lie within 1 to 100, contributions sum to the unrounded score, and the band is that of the score."""
    card = score_values(known, frame, baselines=peers)
    assert 0 <= card.coverage <= 1 + 1e-9
    assert {each.metric for each in card.rows} | set(card.missing) == {each.metric for each in known.rows}
    assert sum(each.contribution for each in card.rows) == pytest.approx(card.unrounded or 0.0)
    for each in card.rows:
        deviation = math.inf if each.deviation_score is None else each.deviation_score
        assert 0 <= each.score <= 100
        assert each.score == min(each.threshold_score, deviation)
    if card.score is None:
        assert card.band is None
        assert card.reason
    else:
        assert 1 <= card.score <= 100
        shown = 1.0 if card.gated else max(1.0, card.unrounded or 0.0)
        assert abs(card.score - shown) <= 0.5 + 1e-6
        assert card.band is known.band_of(card.score)


@given(st.tuples(sets(), FRAMES, PEERS, st.sampled_from(sorted(VALUES)), st.floats(0.0, 50.0)))
def test_a_better_value_never_scores_less(drawn: tuple[Any, ...]) -> None:
    """The score is monotone in every metric, whichever way that gets better."""
    known, frame, peers, metric, step = drawn
    value = frame.get(metric)
    if value is None or (METRICS[metric].zero_is_failure and value <= 0):
        return
    better = value + step if METRICS[metric].better == "higher" else max(value - step, 1e-3)
    if METRICS[metric].better == "lower" and better > value:
        return
    before, after = (score_values(known, {**frame, metric: each}, baselines=peers).score for each in (value, better))
    assert before is None or (after is not None and after >= before)


@given(st.tuples(sets(), FRAMES, PEERS))
def test_the_value_that_reaches_the_next_band_reaches_it(drawn: tuple[Any, ...]) -> None:
    """Each value that a card proposes gives the band it promises, and no worse than that."""
    known, frame, peers = drawn
    card = score_values(known, frame, baselines=peers)
    if card.next_band is None:
        return
    for metric, value in card.next_band.values.items():
        if value is not None:
            hair = 1e-6 * max(1.0, abs(value)) * (1 if METRICS[metric].better == "higher" else -1)
            reached = score_values(known, {**frame, metric: value + hair}, baselines=peers).band
            assert reached is not None
            assert reached.value <= card.next_band.band.value


def test_no_value_is_told_to_reach_a_band_that_its_own_gate_fails() -> None:
    """Stars of 4.5 px would have the points for C, but the gate fails what is larger than 3.4 px."""
    gated = criteria(row(gate=3.4, weight=2.0), row("altitude", weight=8.0))
    frame = {"hfr": 0.0, "altitude": 61.5}
    card = score_values(gated, frame)
    assert (card.score, card.band, card.gated) == (66, Band.D, ())
    assert card.next_band is not None
    told = card.next_band.values["hfr"]
    assert told == 3.4
    assert score_values(gated, {**frame, "hfr": told}).band is Band.C
