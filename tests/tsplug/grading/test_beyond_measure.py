"""Numbers that nothing measured, such as hosts leave where something failed: they say nothing, and spoil nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from comparable_lights import light

from tsplug.grading.combine import Conclusion
from tsplug.grading.criteria import Criteria, columns_of, score_frames
from tsplug.grading.criteria_baseline import baselines_of
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.statistical import conclude, judge
from tsplug.model import (
    AcquiredImage,
    CriteriaRow,
    CriteriaSet,
    GraderMode,
    GraderPreferences,
    GradingStatus,
    MetricPreferences,
    Trend,
    VerdictStatus,
)

BEYOND = [1e308, -1e308, 1.7e200, 1e16, math.inf, -math.inf, math.nan]
USUAL = {
    **{"hfr": 2.0, "fwhm": 3.4, "eccentricity": 0.4, "star_count": 300.0, "guiding_rms": 0.7, "airmass": 1.2},
    **{"background": 400.0},
}
BOTH = pytest.mark.parametrize("mode", list(GraderMode), ids=str)
EACH = pytest.mark.parametrize("metric", list(USUAL))


def wanted(mode: GraderMode) -> GraderPreferences:
    everything = dict.fromkeys(("grade_rms", "grade_stars", "grade_hfr", "grade_fwhm", "grade_eccentricity"), True)
    return GraderPreferences(mode=mode, **everything, metrics={"background": MetricPreferences(grade=True)})


def frames(metric: str, value: float | None) -> list[AcquiredImage]:
    """Return frames that differ a little; one of them has the value for a metric, or does without it."""
    measured = [{key: usual * (1 + 0.01 * (n % 3)) for key, usual in USUAL.items()} for n in range(7)]
    if value is None:
        del measured[3][metric]
    else:
        measured[3][metric] = value
    return [light(n + 1, each, status=GradingStatus.ACCEPTED) for n, each in enumerate(measured)]


def conclusions(images: Sequence[AcquiredImage], preferences: GraderPreferences) -> list[Conclusion]:
    populations = PlanPopulations(images)
    choice = Choice(preferences.mode)
    return [conclude(Case(each, populations.of(each, choice), preferences, 1.4)) for each in images]


@BOTH
@EACH
@pytest.mark.parametrize("value", BEYOND)
def test_what_nothing_measured_is_as_good_as_missing(mode: GraderMode, metric: str, value: float) -> None:
    """Neither the frame nor any other is judged otherwise than if the frame had no such metric."""
    assert conclusions(frames(metric, value), wanted(mode)) == conclusions(frames(metric, None), wanted(mode))


@BOTH
def test_it_is_told_which_number_is_none(mode: GraderMode) -> None:
    """A frame of which nothing can be reckoned abstains, and says why; a number that is one is still judged."""
    preferences = GraderPreferences(mode=mode, grade_rms=False, grade_stars=False)
    images = [light(n, {"hfr": 1e308 if n == 3 else 2.0 + 0.01 * n}) for n in range(7)]
    verdict = judge(Case(images[3], PlanPopulations(images).of(images[3], Choice(mode)), preferences, 1.4))
    assert verdict.status is VerdictStatus.ABSTAIN
    assert "hfr is 1e+308, more than anything measures" in verdict.reason
    large = conclusions(frames("hfr", 1e15), preferences)
    assert [each.status is VerdictStatus.REJECT for each in large] == [n == 3 for n in range(7)]


@pytest.mark.parametrize("value", BEYOND)
def test_criteria_know_no_such_number_either(value: float) -> None:
    """Scores and baselines are those of frames without it."""
    row = CriteriaRow(set_id=1, metric="hfr", trend=Trend.LOWER_IS_BETTER, good=1.8, bad=5.0, weight=1, deviation=True)
    criteria = Criteria(CriteriaSet(name="S"), (row, row.model_copy(update={"metric": "star_count", "gate": 5.0})))
    scores = []
    for images in (frames("hfr", value), frames("hfr", None)):
        values = columns_of([each.metrics for each in images], ["hfr", "star_count"])
        scores.append(score_frames(criteria, values, baselines=baselines_of(criteria, images).values).unrounded)
    np.testing.assert_array_equal(*scores)
