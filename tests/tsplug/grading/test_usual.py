"""The numbers that are told of what is usual make the bound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
from measured_nights import BAD_FROM_MIDNIGHT_606, SUPERB_FIRST_HOUR_505, SUPERB_FIRST_HOUR_606, frames_of

from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.statistical import judge
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences

PREFERENCES = GraderPreferences(grade_fwhm=True, accept_improvement=False)


def sizes_of(images: list[AcquiredImage]) -> list[Mapping[str, Any]]:
    """Return what is told of the HFR and the FWHM of frames, all pending, each held against the others."""
    populations = PlanPopulations(images)
    verdicts = [judge(Case(each, populations.of(each, Choice(GraderMode.ROBUST)), PREFERENCES, 1.4)) for each in images]
    checks = [check for verdict in verdicts for check in verdict.inputs["checks"]]  # type: ignore[attr-defined]
    return [check for check in checks if check["metric"] in ("hfr", "fwhm")]


def bound_by(check: Mapping[str, Any], *, sigma: float) -> float:
    """Return the bound that the told numbers make; sizes are compared as ratios."""
    centre, about = check["centre"], check["about"]
    spreads, slack = ((1 + part / centre) for part in (check["spread"], about["slack"]))
    reach = centre * spreads**sigma
    if about["lasting_most"] is not None:
        reach = min(reach, max(about["lasting_before"] * spreads**sigma, about["lasting_most"] / slack))
    return float(reach * slack)


@pytest.mark.parametrize(
    ("night", "taken", "facts"),
    [
        (SUPERB_FIRST_HOUR_606, 11, {"sampled"}),
        (SUPERB_FIRST_HOUR_505, 14, set()),
        (BAD_FROM_MIDNIGHT_606, 59, {"lasting_most"}),
    ],
    ids=["pixels that cannot show it", "a night that is little known", "what lasted"],
)
def test_the_told_numbers_make_the_bound(night: str, taken: int, facts: set[str]) -> None:
    """Centre, spread, slack, and what a long spell may come to."""
    checks = sizes_of([each.image for each in frames_of(night)[:taken]])
    for check in checks:
        sigma = 2.0 if "discs" in check["detail"] else check["sigma"]
        assert check["upper"] == pytest.approx(bound_by(check, sigma=sigma)), check["detail"]
    told = {fact for check in checks for fact in ("sampled", "lasting_most") if check["about"][fact] is not None}
    assert told >= facts
    assert not math.isnan(checks[0]["upper"])


def test_what_pixels_can_just_show_is_called_their_limit() -> None:
    """It is no median: most frames are sharper."""
    checks = sizes_of([each.image for each in frames_of(SUPERB_FIRST_HOUR_606)[:11]])
    limited = [each for each in checks if each["about"]["sampled"] is not None]
    assert len(limited) > 5
    for check in checks:
        name = "median" if check["about"]["sampled"] is None else "pixel limit"
        assert f"({name} {check['centre']:.4g}, " in check["detail"]
