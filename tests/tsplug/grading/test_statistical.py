"""The statistical grader against the tables of its reference, and against that reference's faults."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from comparable_lights import light
from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.combine import ERROR_INPUT, failure
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, population_of
from tsplug.grading.statistical import judge
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GraderVerdict, VerdictStatus
from tsplug.model.preferences import MetricPreferences

NAN = float("nan")
TS, ROBUST = GraderMode.TARGET_SCHEDULER, GraderMode.ROBUST
BOTH = pytest.mark.parametrize("mode", [TS, ROBUST], ids=str)
# 3.8 um behind 700 mm (spec/target-scheduler-domain 2.7).
SCALE_3_8_700 = 3.8 / 700 * 206.265


def frame(number: int, *, measure_error: str = "", **metrics: float) -> AcquiredImage:
    return light(number, metrics, measure_error=measure_error)


def only(metric: str, mode: GraderMode, **changes: Any) -> GraderPreferences:
    tests = {name: name == metric for name in ("rms", "stars", "hfr", "fwhm", "eccentricity")}
    return GraderPreferences(mode=mode, **{f"grade_{name}": on for name, on in tests.items()}, **changes)


def verdict(
    image: AcquiredImage, peers: list[AcquiredImage], preferences: GraderPreferences, scale: float = 1.0
) -> GraderVerdict:
    population = population_of(image, peers, choice=Choice(preferences.mode))
    return judge(Case(image, population, preferences, scale))


def of_hfr(value: float, samples: list[float], preferences: GraderPreferences) -> GraderVerdict:
    return verdict(frame(0, hfr=value), [frame(n + 1, hfr=hfr) for n, hfr in enumerate(samples)], preferences)


@BOTH
@pytest.mark.parametrize(
    ("rms_arcsec", "binning", "threshold_px", "rejected"),
    [
        (0.6, 1, 1.0, False),
        (1.0, 1, 0.9, False),
        (1.0, 1, 0.89, True),
        (1.2, 1, 1.0, True),
        (0.6, 2, 0.27, False),
        (0.6, 2, 0.26, True),
    ],
)
def test_guiding_rms_is_divided_by_the_camera_scale(
    mode: GraderMode, rms_arcsec: float, binning: int, threshold_px: float, rejected: bool
) -> None:
    """1.0 arcsec at 3.8 um and 700 mm is 0.893 pixels, not 1.12; binning makes it fewer."""
    preferences = only("rms", mode, rms_threshold_px=threshold_px)
    result = verdict(frame(0, guiding_rms=rms_arcsec), [], preferences, SCALE_3_8_700 * binning)
    assert (result.status is VerdictStatus.REJECT) == rejected
    assert result.reason == ("Guiding RMS" if rejected else "")


def test_the_published_guiding_example_gives_0_836_pixels() -> None:
    """1.2 arcsec at 1.436 arcsec per pixel are 0.836 pixels (spec/peers f)."""
    result = verdict(frame(0, guiding_rms=1.2), [], only("rms", ROBUST), 3.76 / 540 * 206.265)
    [check] = result.inputs["checks"]  # type: ignore[misc]
    assert check["value"] == pytest.approx(0.8355, abs=5e-4)


# Samples 1, 2, 3, 4, 5: mean 3, sample standard deviation 1.5811.
@pytest.mark.parametrize(
    ("improve", "value", "status"),
    [
        (True, 3 + 2 * 1.5811, VerdictStatus.ACCEPT),
        (True, 3 + 2 * 1.5812, VerdictStatus.REJECT),
        (True, 0.01, VerdictStatus.ACCEPT),
        (False, 6.1, VerdictStatus.ACCEPT),
        (False, 0.002, VerdictStatus.ACCEPT),
        (False, 6.17, VerdictStatus.REJECT),
    ],
)
def test_a_value_may_lie_so_many_spreads_from_the_centre(improve: bool, value: float, status: VerdictStatus) -> None:
    """The reference's bound is inclusive; accepting improvements makes it one-sided."""
    preferences = only("hfr", TS, hfr_sigma=2, accept_improvement=improve)
    assert of_hfr(value, [1, 2, 3, 4, 5], preferences).status is status


# Samples in the ratio 1.06 about 2: the median is 2, 1.4826 MAD is 1.4826 ln 1.06 = 0.0864 of it.
@pytest.mark.parametrize(
    ("improve", "value", "status"),
    [
        (True, 2 * math.exp(2 * 0.0863), VerdictStatus.ACCEPT),
        (True, 2 * math.exp(2 * 0.0865), VerdictStatus.REJECT),
        (True, 0.5, VerdictStatus.ACCEPT),
        (False, 2 * math.exp(-2 * 0.0863), VerdictStatus.ACCEPT),
        (False, 2 * math.exp(-2 * 0.0865), VerdictStatus.REJECT),
    ],
)
def test_robust_bounds_are_median_and_median_deviation(improve: bool, value: float, status: VerdictStatus) -> None:
    """Sizes are compared as ratios: as far below the median as above it."""
    preferences = only("hfr", ROBUST, hfr_sigma=2, accept_improvement=improve)
    result = of_hfr(value, [2 * 1.06**power for power in (-2, -1, -1, 0, 0, 1, 1, 2)], preferences)
    [check] = result.inputs["checks"]  # type: ignore[misc]
    assert check["centre"] == pytest.approx(2.0)
    assert result.status is status


@BOTH
def test_more_stars_are_an_improvement_and_fewer_are_not(mode: GraderMode) -> None:
    """For star counts the good side is above the centre."""
    peers = [frame(n, star_count=count) for n, count in enumerate([100, 101, 102, 103, 104], 1)]
    preferences = only("stars", mode, stars_sigma=1)
    assert verdict(frame(0, star_count=900), peers, preferences).status is VerdictStatus.ACCEPT
    few = verdict(frame(0, star_count=50), peers, preferences)
    assert (few.status, few.reason) == (VerdictStatus.REJECT, "Star Count")


@BOTH
@pytest.mark.parametrize(("metric", "name"), [("star_count", "stars"), ("hfr", "hfr"), ("fwhm", "fwhm")])
def test_zero_fails_without_statistics(mode: GraderMode, metric: str, name: str) -> None:
    """No stars, or stars without size, are no good frame, whatever the others show."""
    peers = [frame(n, **{metric: 3.0}) for n in range(1, 5)]
    assert verdict(frame(0, **{metric: 0.0}), peers, only(name, mode)).status is VerdictStatus.REJECT


@BOTH
@pytest.mark.parametrize(
    ("changes", "value", "status"),
    [
        ({"auto_accept_hfr": 4.0}, 4.0, VerdictStatus.ACCEPT),
        ({"auto_accept_hfr": 4.0}, 4.01, VerdictStatus.REJECT),
        ({"auto_reject_hfr": 2.0}, 2.0, VerdictStatus.ACCEPT),
        ({"auto_reject_hfr": 1.9}, 2.0, VerdictStatus.REJECT),
    ],
)
def test_automatic_levels_go_before_statistics(
    mode: GraderMode, changes: dict[str, float], value: float, status: VerdictStatus
) -> None:
    """A level accepts what reaches it and rejects what exceeds it."""
    preferences = only("hfr", mode, hfr_sigma=1, **changes)
    assert of_hfr(value, [2.0, 2.0, 2.0, 2.0], preferences).status is status


@BOTH
@pytest.mark.parametrize(("level", "passes"), [(2.2, 2.2), (4.0, 2.5)])
def test_what_a_level_rejects_tells_what_peers_would_have_let_pass(
    mode: GraderMode, level: float, passes: float
) -> None:
    """The level where it is the closer one, else the bound that peers set."""
    preferences = only("hfr", mode, hfr_sigma=2, auto_reject_hfr=level)
    [check] = of_hfr(5.0, [2.0, 2.2, 1.8, 2.1, 1.9], preferences).inputs["checks"]
    assert f"the automatic reject level {level:g}" in check["detail"]
    assert check["upper"] <= passes
    assert of_hfr(check["upper"], [2.0, 2.2, 1.8, 2.1, 1.9], preferences).status is VerdictStatus.ACCEPT


@BOTH
def test_fewer_than_three_peers_accept_by_rule_and_say_so(mode: GraderMode) -> None:
    """With two other frames nothing is compared; with three it is."""
    bad = of_hfr(9.0, [2.0, 2.0], GraderPreferences(mode=mode, grade_rms=False, grade_stars=False))
    assert bad.status is VerdictStatus.ACCEPT
    assert bad.inputs["few_peers"] is True
    assert "fewer than 3" in bad.reason
    assert of_hfr(9.0, [2.0, 2.0, 2.0], only("hfr", mode)).status is VerdictStatus.REJECT


def test_a_blind_first_frame_passes_only_the_compatible_grader() -> None:
    """Without peers the reference accepts a frame without stars; robust mode does not."""
    assert verdict(frame(0, star_count=0), [], only("stars", TS)).status is VerdictStatus.ACCEPT
    assert verdict(frame(0, star_count=0), [], only("stars", ROBUST)).status is VerdictStatus.REJECT


@BOTH
def test_the_first_failing_test_gives_the_reason_and_all_are_kept(mode: GraderMode) -> None:
    """Order: RMS, stars, HFR, FWHM, eccentricity; an explanation shows every one of them."""
    good = {"guiding_rms": 0.5, "star_count": 200.0, "hfr": 2.0, "fwhm": 4.0, "eccentricity": 0.4}
    bad = {"guiding_rms": 0.5, "star_count": 2.0, "hfr": 9.0, "fwhm": 18.0, "eccentricity": 0.9}
    preferences = GraderPreferences(mode=mode, grade_fwhm=True, grade_eccentricity=True)
    result = verdict(frame(0, **bad), [frame(n, **good) for n in range(1, 9)], preferences)
    assert (result.status, result.reason) == (VerdictStatus.REJECT, "Star Count")
    checks: Any = result.inputs["checks"]
    assert [check["check"] for check in checks] == ["Guiding RMS", "Star Count", "HFR", "FWHM", "Eccentricity"]
    assert [check["outcome"] for check in checks] == ["pass", "reject", "reject", "reject", "reject"]
    population: Any = result.inputs["population"]
    assert population["ids"] == list(range(8, 0, -1))
    assert (population["size"], population["earlier"], population["matched"]) == (8, 0, 8)
    json.dumps(result.inputs, allow_nan=False)


@BOTH
def test_metrics_of_one_title_are_tested_each_by_itself(mode: GraderMode) -> None:
    """FWHM in pixels that is as usual says nothing of FWHM in arcsec that is far too large."""
    preferences = only("fwhm", mode, metrics={"fwhm_arcsec": MetricPreferences(grade=True, auto_reject=3.0)})
    peers = [frame(n, fwhm=4.0 + n / 100, fwhm_arcsec=2.0 + n / 200) for n in range(1, 12)]
    told = verdict(frame(20, fwhm=4.05, fwhm_arcsec=9.0), peers, preferences)
    assert told.status is VerdictStatus.REJECT
    assert [(each["metric"], each["value"]) for each in told.inputs["checks"]] == [("fwhm", 4.05), ("fwhm_arcsec", 9.0)]


@BOTH
@pytest.mark.parametrize("value", [None, NAN, math.inf])
def test_a_missing_metric_abstains_with_a_reason(mode: GraderMode, value: float | None) -> None:
    """What was not measured is not judged, and never rejects."""
    image = frame(0) if value is None else frame(0, hfr=value)
    result = verdict(image, [frame(n, hfr=2.0) for n in range(1, 6)], only("hfr", mode))
    assert result.status is VerdictStatus.ABSTAIN
    assert "hfr is" in result.reason
    json.dumps(result.inputs, allow_nan=False)


@BOTH
def test_one_nan_among_the_peers_does_not_reject_the_rest(mode: GraderMode) -> None:
    """The reference's mean becomes NaN and rejects every frame; here that sample does not exist."""
    assert of_hfr(2.02, [2.0, 2.1, 2.2, 2.1, NAN], only("hfr", mode)).status is VerdictStatus.ACCEPT


@BOTH
def test_frames_without_the_metric_are_no_peers_for_it(mode: GraderMode) -> None:
    """Three values are needed, not three frames; with fewer the rule of few peers holds."""
    peers = [frame(1, hfr=2.0), frame(2, hfr=2.0), frame(3), frame(4)]
    result = verdict(frame(0, hfr=9.0), peers, only("hfr", mode))
    assert (result.status, result.inputs["few_peers"]) == (VerdictStatus.ACCEPT, True)
    assert result.inputs["detail"] == "accepted by rule: 2 comparable frames have hfr, 3 needed"


def test_outliers_in_the_population_hide_a_bad_frame_only_from_the_reference() -> None:
    """One awful frame inflates the standard deviation so that a bad one passes; the median does not care."""
    samples = [2.0, 2.1, 1.9, 2.0, 2.05, 12.0]
    assert of_hfr(5.0, samples, only("hfr", TS)).status is VerdictStatus.ACCEPT
    assert of_hfr(5.0, samples, only("hfr", ROBUST)).status is VerdictStatus.REJECT


def test_equal_peers_do_not_reject_what_differs_by_a_hair() -> None:
    """Robust spread has a floor; the reference's is zero and passes only the exact mean."""
    assert of_hfr(2.01, [2.0] * 5, only("hfr", TS)).status is VerdictStatus.REJECT
    assert of_hfr(2.01, [2.0] * 5, only("hfr", ROBUST)).status is VerdictStatus.ACCEPT
    assert of_hfr(2.44, [2.0] * 5, only("hfr", ROBUST)).status is VerdictStatus.ACCEPT
    assert of_hfr(2.45, [2.0] * 5, only("hfr", ROBUST)).status is VerdictStatus.REJECT


@BOTH
def test_without_any_test_a_frame_is_accepted(mode: GraderMode) -> None:
    """Nothing to test means nothing against it."""
    assert verdict(frame(0), [], only("none", mode)).status is VerdictStatus.ACCEPT


@BOTH
def test_without_guiding_nothing_is_said_of_it(mode: GraderMode) -> None:
    """An RMS of zero means that there was no guider."""
    assert verdict(frame(0, guiding_rms=0.0), [], only("rms", mode)).status is VerdictStatus.ABSTAIN


def test_a_frame_that_could_not_be_measured_is_an_error_unless_it_fails_otherwise() -> None:
    """Good guiding does not make an unreadable file a good frame."""
    preferences = GraderPreferences()
    result = verdict(frame(0, measure_error="truncated", guiding_rms=0.5), [], preferences)
    assert (result.status, result.reason) == (VerdictStatus.ABSTAIN, "truncated")
    assert result.inputs[ERROR_INPUT] == "truncated"
    assert verdict(frame(0, measure_error="x", guiding_rms=99.0), [], preferences).status is VerdictStatus.REJECT


def test_a_failed_judgement_is_an_abstention_that_names_the_error() -> None:
    """An exception never becomes a reject."""
    result = failure("statistical", "g", error="no scale")
    assert result.status is VerdictStatus.ABSTAIN
    assert result.inputs[ERROR_INPUT] == "no scale"


numbers = st.one_of(st.none(), st.just(NAN), st.just(math.inf), st.floats(0, 50))
METRICS = ("guiding_rms", "star_count", "hfr", "fwhm", "eccentricity")
rows = st.fixed_dictionaries(dict.fromkeys(METRICS, numbers))


def from_row(number: int, row: dict[str, float | None]) -> AcquiredImage:
    return frame(number, **{key: value for key, value in row.items() if value is not None})


@given(peers=st.lists(rows, max_size=8), mode=st.sampled_from([TS, ROBUST]))
def test_what_is_no_number_never_rejects(peers: list[dict[str, float | None]], mode: GraderMode) -> None:
    """A frame without any usable value is never rejected, whatever its peers look like."""
    image = frame(0, **dict.fromkeys(METRICS, NAN))
    preferences = GraderPreferences(mode=mode, grade_fwhm=True, grade_eccentricity=True)
    result = verdict(image, [from_row(n + 1, row) for n, row in enumerate(peers)], preferences)
    assert result.status is VerdictStatus.ABSTAIN


@given(row=rows, peers=st.lists(rows, max_size=8), mode=st.sampled_from([TS, ROBUST]), seed=st.integers(0, 99))
def test_the_order_of_the_peers_does_not_matter(
    row: dict[str, float | None], peers: list[dict[str, float | None]], mode: GraderMode, seed: int
) -> None:
    """The same frames in another order give the same verdict, and its inputs are plain JSON."""
    frames = [from_row(n + 1, peer) for n, peer in enumerate(peers)]
    preferences = GraderPreferences(mode=mode, grade_fwhm=True, grade_eccentricity=True)
    first = verdict(from_row(0, row), frames, preferences)
    random.Random(seed).shuffle(frames)
    assert verdict(from_row(0, row), frames, preferences) == first
    json.dumps(first.inputs, allow_nan=False)


def test_round_stars_count_as_peers_and_hide_no_trailed_frame() -> None:
    """An eccentricity of zero is a measurement; among round frames a barely elongated one passes, a trailed one not."""
    peers = [frame(n, eccentricity=0.0) for n in range(1, 6)]
    preferences = only("eccentricity", ROBUST)
    assert verdict(frame(0, eccentricity=0.35), peers, preferences).status is VerdictStatus.ACCEPT
    trailed = verdict(frame(0, eccentricity=0.75), peers, preferences)
    assert (trailed.status, trailed.reason) == (VerdictStatus.REJECT, "Eccentricity")
    [check] = trailed.inputs["checks"]  # type: ignore[misc]
    assert check["samples"] == 5


@given(peers=st.lists(rows, min_size=3, max_size=9), order=st.randoms(use_true_random=False))
def test_the_order_of_peers_does_not_matter(peers: list[dict[str, float | None]], order: random.Random) -> None:
    """A verdict with all its numbers depends on the set of frames alone."""
    preferences = GraderPreferences(grade_fwhm=True, grade_eccentricity=True)
    frames = [from_row(number, row) for number, row in enumerate(peers)]
    mixed = order.sample(frames, len(frames))
    for image in frames:
        assert verdict(image, frames, preferences) == verdict(image, mixed, preferences)


def test_bad_seeing_is_not_taken_for_cloud() -> None:
    """Blurred stars are fewer; where HFR is graded too, their number is set right for their size."""
    peers = [frame(n, star_count=900, hfr=1.2) for n in range(1, 9)]
    blurred = frame(0, star_count=760, hfr=1.45)
    assert verdict(blurred, peers, GraderPreferences()).status is VerdictStatus.ACCEPT
    assert verdict(blurred, peers, only("stars", ROBUST)).status is VerdictStatus.REJECT
    assert verdict(frame(0, star_count=760, hfr=1.2), peers, GraderPreferences()).reason == "Star Count"


def test_badly_guided_frames_set_no_standard_for_sizes() -> None:
    """A night half of which is shaken by wind shows by its guiding which half that is."""
    calm = [frame(n, hfr=1.2, guiding_rms=0.5) for n in range(1, 9)]
    windy = [frame(n, hfr=1.7, guiding_rms=1.8) for n in range(9, 17)]
    assert verdict(frame(0, hfr=1.7, guiding_rms=1.8), calm + windy, only("hfr", ROBUST)).reason == "HFR"
    assert (
        verdict(frame(0, hfr=1.7), [*calm, *(frame(n, hfr=1.7) for n in range(9, 17))], only("hfr", ROBUST)).reason
        == ""
    )


@pytest.mark.parametrize("metric", ["fwhm", "eccentricity"])
def test_the_reference_tests_nothing_where_a_peer_lacks_the_metric(metric: str) -> None:
    """One frame without FWHM or eccentricity, and all pass; robust mode compares with the others."""
    usual, bad = {"fwhm": (2.4, 7.2), "eccentricity": (0.3, 0.9)}[metric]
    peers = [frame(n, **{metric: usual}) for n in range(1, 6)] + [frame(9)]
    assert verdict(frame(0, **{metric: bad}), peers, only(metric, TS)).status is VerdictStatus.ACCEPT
    assert verdict(frame(0, **{metric: bad}), peers, only(metric, ROBUST)).status is VerdictStatus.REJECT


@pytest.mark.parametrize(("peer", "status"), [({}, VerdictStatus.ACCEPT), ({"fwhm": 2.4}, VerdictStatus.REJECT)])
def test_the_reference_looks_at_peers_without_a_width_before_it_fails_a_zero(
    peer: dict[str, float], status: VerdictStatus
) -> None:
    """A host without widths has zeros for all; where all others have one, a zero is a failed measurement."""
    peers = [frame(n, fwhm=2.4) for n in range(1, 6)] + [frame(9, **peer)]
    assert verdict(frame(0, fwhm=0.0), peers, only("fwhm", TS)).status is status


def test_long_stars_are_rejected_by_default_in_robust_mode_alone() -> None:
    """A frame pulled along is rejected though its stars are hardly larger; the reference tests no shapes unasked."""
    peers = [frame(n, star_count=300.0 + n, hfr=2.0 + n / 100, eccentricity=0.2) for n in range(1, 8)]
    pulled = frame(0, star_count=300.0, hfr=2.05, eccentricity=0.9)
    found = {mode: verdict(pulled, peers, GraderPreferences(mode=mode)) for mode in (ROBUST, TS)}
    assert (found[ROBUST].status, found[ROBUST].reason) == (VerdictStatus.REJECT, "Eccentricity")
    assert found[TS].status is VerdictStatus.ACCEPT


@pytest.mark.parametrize(("asked", "status"), [(None, VerdictStatus.ACCEPT), (True, VerdictStatus.ABSTAIN)])
def test_a_shape_that_nobody_asked_for_may_be_missing(asked: bool | None, status: VerdictStatus) -> None:
    """Where the host told size and count, an unreadable file keeps a frame pending only if its shape is asked for."""
    peers = [frame(n, star_count=300.0 + n, hfr=2.0 + n / 100) for n in range(1, 8)]
    unread = frame(0, star_count=300.0, hfr=2.05, measure_error="the file is gone")
    assert verdict(unread, peers, GraderPreferences(grade_eccentricity=asked)).status is status
