"""Spreads are told as they are counted when a frame is judged."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest
from varied_plans import varied_plan

from tsplug.grading.contribution import contribution_of
from tsplug.model import AcquiredImage
from tsplug.services.statistical_grader import StatisticalJudge
from tsplug.testing.clock import START

IMAGE = AcquiredImage(
    **{"profile_name": "Rig", "project_name": "P", "target_name": "T", "filter_name": "L", "file": "x.fits"},
    started=START,
    acquired=START,
    exposure_s=60,
    metrics={"hfr": 2.0},
)


def test_more_spreads_than_are_allowed_fail_and_no_fewer() -> None:
    """Contribution, allowance and outcome never contradict each other, in either mode, whatever is compared."""
    seen: set[tuple[str, bool]] = set()
    for seed in range(40):
        plan = varied_plan(Random(seed), 16)
        judge = StatisticalJudge(plan)
        for image in plan.images:
            checks = _checks(judge(image).inputs)
            improve = plan.profile_of(image).grader.accept_improvement
            for check in checks:
                if check["rule"] not in ("spread", "spell not over", "night too young", "improvement"):
                    continue
                found = contribution_of(check, image, by_hfr=any(each["metric"] == "hfr" for each in checks))
                # What has no harm has no place; and what is far better is too far off where improvement is not taken.
                if found is None or (found.spreads < 0 and not improve):
                    continue
                failed = check["outcome"] in ("reject", "wait")
                assert found.allowed is not None
                assert (found.spreads > found.allowed) == failed or math.isclose(*found[:2], rel_tol=1e-4)
                seen.add((check["metric"], failed))
    assert {("star_count", True), ("star_count", False), ("hfr", True), ("fwhm", True), ("eccentricity", False)} <= seen


def _checks(inputs: Any) -> list[dict[str, Any]]:
    return [dict(check) for check in inputs["checks"]]


@pytest.mark.parametrize(
    ("check", "by_hfr", "expected"),
    [
        # 1089 x exp(-(4 x 0.0376 + 0.05)) is the bound: 600 lies ln(1089 / 600) below, what is granted taken off.
        (
            {
                "metric": "star_count",
                "value": 600.0,
                "centre": 1089.0,
                "spread": 1089 * -math.expm1(-0.0376),
                "sigma": 4,
                "lower": 1089 * math.exp(-0.2004),
                "about": {"slack": 1089 * -math.expm1(-0.05), "air": 3.0},
            },
            True,
            ((math.log(1089 / 600) - 0.05) / 0.0376, 4.0, ("the size of stars", "air")),
        ),
        # 0.5 is a length of 1.1547 widths, 0.4 one of 1.0911; a spread of 0.08 from there on leads to 0.5331.
        (
            {"metric": "eccentricity", "value": 0.5, "centre": 0.4, "spread": 0.133103, "about": {"slack": 0.0}},
            True,
            (math.log(1.1547005 / 1.0910895) / 0.08, None, ()),
        ),
        # Within what is granted, and better than usual.
        ({"metric": "hfr", "value": 2.1, "centre": 2.0, "spread": 0.1, "about": {"slack": 0.2}}, True, (0.0, None, ())),
        (
            {"metric": "hfr", "value": 1.0, "centre": 2.0, "spread": 0.1, "sigma": 4, "about": {"slack": 0.2}},
            True,
            (-math.log(2) / math.log(1.05), 4.0, ()),
        ),
        # The reference counts in plain units; better is better where both sides have bounds, too.
        (
            {"metric": "hfr", "value": 1.7, "centre": 2.0, "spread": 0.1, "sigma": 4, "lower": 1.6, "upper": 2.4},
            True,
            (-3.0, 4.0, ()),
        ),
        ({"metric": "mine", "value": 5.0, "centre": 2.0, "spread": 1.0, "about": {"slack": 1}}, False, (3.0, None, ())),
    ],
)
def test_spreads_are_counted_on_the_scale_of_the_metric(
    check: dict[str, Any], *, by_hfr: bool, expected: tuple[float, float | None, tuple[str, ...]]
) -> None:
    """Ratios for sizes and counts, and what is granted is taken off first."""
    found = contribution_of(check, IMAGE, by_hfr=by_hfr)
    assert found is not None
    assert (found.allowed, found.set_right_for) == (pytest.approx(expected[1]), expected[2])
    assert found.spreads == pytest.approx(expected[0], rel=1e-4)


@pytest.mark.parametrize(
    "check",
    [
        {"metric": "hfr", "value": None},
        {"metric": "hfr", "value": 2.0, "centre": 2.0, "spread": 0.0},
        {"metric": "hfr", "value": 0.0, "centre": 2.0, "spread": 0.1, "about": {"slack": 0.0}},
    ],
)
def test_what_has_no_place_on_the_scale_has_no_contribution(check: dict[str, Any]) -> None:
    """Neither what was not compared, nor a size of nothing."""
    assert contribution_of(check, IMAGE, by_hfr=True) is None
