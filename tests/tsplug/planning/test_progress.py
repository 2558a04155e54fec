"""Progress of plans and targets."""

from __future__ import annotations

from typing import Any

import pytest

from tsplug.model import PlannerPreferences
from tsplug.planning.progress import exposure_limit, plan_progress, remaining, target_progress


@pytest.mark.parametrize(("throttle", "desired", "limit"), [(140, 45, 63), (125, 10, 12), (50, 1, 0), (100, 7, 7)])
def test_the_throttle_is_integer_arithmetic(throttle: int, desired: int, limit: int, make: Any) -> None:
    """140 percent of 45 is 63, and a share of an exposure is none."""
    plan = make.plan(desired=desired).plan
    assert exposure_limit(plan, PlannerPreferences(exposure_throttle_percent=throttle)) == limit


def test_with_grading_only_accepted_exposures_lessen_what_remains(make: Any) -> None:
    """Acquired exposures count for nothing until they are accepted."""
    plan = make.plan(desired=10, acquired=12, accepted=7).plan
    assert remaining(plan, make.project(grading_enabled=True), planner=PlannerPreferences()) == 3


def test_without_grading_acquired_exposures_count_up_to_the_limit(make: Any) -> None:
    """What remains is the throttled number less what was acquired, never negative."""
    planner, project = PlannerPreferences(exposure_throttle_percent=125), make.project(grading_enabled=False)
    assert remaining(make.plan(desired=10, acquired=11).plan, project, planner=planner) == 1
    assert remaining(make.plan(desired=10, acquired=20).plan, project, planner=planner) == 0


@pytest.mark.parametrize(("acquired", "progress"), [(7, 0.7), (8, 0.2), (20, 0.2)])
def test_acquired_stands_in_until_delayed_grading_is_reached(acquired: int, progress: float, make: Any) -> None:
    """Below the delay of 80 percent progress is provisional; at it, only the accepted count."""
    plan, profile = make.plan(desired=10, acquired=acquired, accepted=2).plan, make.profile()
    assert plan_progress(plan, make.project(grading_enabled=True), profile=profile) == pytest.approx(progress)


def test_a_target_is_the_mean_of_its_enabled_plans(make: Any) -> None:
    """Disabled plans do not count; a plan that wants nothing is done."""
    plans = (make.plan(acquired=5), make.plan(desired=0), make.plan(acquired=0, enabled=False))
    assert target_progress(make.candidate(*plans), make.profile()) == pytest.approx(0.75)
    assert target_progress(make.candidate(make.plan(enabled=False)), make.profile()) == 0.0
