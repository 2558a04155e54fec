"""Whatever is told of which value would pass, the test itself says so too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from varied_plans import varied_plan

from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, MetricPreferences
from tsplug.services.plan_images import PlanImages
from tsplug.services.statistical_grader import StatisticalJudge

HAIR = 1e-9
ALWAYS = {"eccentricity", "background"}
"""Metrics of which a frame's own value says nothing of what the others allow it; in robust mode sizes do."""


def levelled(draw: Random, rig: GraderPreferences, mode: GraderMode) -> GraderPreferences:
    """Return preferences with levels of all kinds, some beyond what peers allow and some that contradict others."""
    levels = {
        f"auto_{kind}_{metric}": draw.choice([0.0, round(draw.uniform(low, high), 3)])
        for metric, (low, high) in {"hfr": (0.5, 4.0), "fwhm": (1.0, 7.0), "eccentricity": (0.1, 0.8)}.items()
        for kind in ("accept", "reject")
    }
    reject, accept = (draw.choice([None, draw.uniform(250.0, 550.0)]) for _ in range(2))
    sky = MetricPreferences(grade=True, auto_reject=reject, auto_accept=accept)
    wanted = {**levels, "grade_eccentricity": True, "grade_fwhm": True, "metrics": {"background": sky}, "mode": mode}
    return rig.model_copy(update=wanted)


def plan_of(draw: Random, mode: GraderMode) -> PlanImages:
    plan = varied_plan(draw, draw.choice([3, 6, 14]))
    rigs = {
        key: rig.model_copy(update={"grader": levelled(draw, rig.grader, mode)}) for key, rig in plan.profiles.items()
    }
    images = [
        each.model_copy(update={"metrics": {**each.metrics, "background": draw.uniform(300.0, 500.0)}, "gain": None})
        for each in plan.images
    ]
    return replace(plan, images=images, owner=rigs[1], profiles=rigs)


def checks_with(plan: PlanImages, image: AcquiredImage, **metrics: float) -> dict[str, Mapping[str, Any]]:
    """Return what each test says of a frame that has other values, in a plan that is otherwise the same."""
    changed = image.model_copy(update={"metrics": {**image.metrics, **metrics}})
    images = [changed if each is image else each for each in plan.images]
    found: Any = StatisticalJudge(replace(plan, images=images))(changed).inputs["checks"]
    return {check["metric"]: check for check in found}


def outcome_with(plan: PlanImages, image: AcquiredImage, metric: str, *, value: float) -> str:
    return str(checks_with(plan, image, **{metric: value})[metric]["outcome"])


@given(st.integers(0, 2**32), st.sampled_from(list(GraderMode)))
@settings(max_examples=25, deadline=None)
def test_told_ends_pass_when_put_in_and_a_hair_beyond_them_fails(seed: int, mode: GraderMode) -> None:
    """For each frame and each test, in plans judged anew with the value in place of the frame's own."""
    draw = Random(seed)
    plan = plan_of(draw, mode)
    told_of = ALWAYS | ({"hfr", "fwhm"} if mode is GraderMode.TARGET_SCHEDULER else set())
    for image in draw.sample(list(plan.images), 3):
        for metric, check in checks_with(plan, image).items():
            if metric not in told_of or check["value"] is None or check["outcome"] == "wait":
                continue
            lower, upper = check["lower"], check["upper"]
            if lower is not None and upper is not None and lower > upper:
                tried = [0.002, *(check["value"] * factor / 16 for factor in range(1, 33)), lower, upper]
                assert {outcome_with(plan, image, metric, value=value) for value in tried} == {"reject"}
                continue
            for end, side in ((lower, -1), (upper, 1)):
                # Nothing measures less than nothing, whatever peers would let pass.
                if end is not None and end > 0.002:
                    beyond = end + side * max(abs(end) * HAIR, HAIR)
                    assert outcome_with(plan, image, metric, value=end) == "pass", (metric, check)
                    assert outcome_with(plan, image, metric, value=beyond) != "pass", (metric, check)
