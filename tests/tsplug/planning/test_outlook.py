"""What follows from a night's tables for given limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tsplug.planning.horizon import AltitudeLimits
from tsplug.planning.outlook import PlanLimits


@pytest.mark.parametrize(("exposure_s", "samples"), [(0.5, 1), (60.0, 1), (60.5, 2), (300.0, 5)])
def test_an_exposure_needs_every_minute_it_touches(exposure_s: float, samples: int, make: Any) -> None:
    """The room for an exposure is rounded up to whole samples."""
    assert PlanLimits.of(make.plan(exposure_s=exposure_s)).exposure_samples == samples


def test_a_target_is_possible_where_any_of_its_plans_is(make: Any) -> None:
    """Runs of the target join those of its plans, and starts need room for visit and exposure."""
    outlook = make.situation(make.utc(20), (make.candidate(),)).outlook
    plans = tuple(PlanLimits.of(make.plan(template={"twilight": level})) for level in ("nighttime", "civil"))
    target = outlook.target(0, AltitudeLimits(0, 0, False, 0), plans=plans, visit_samples=30)
    night, civil = target.plans
    assert np.array_equal(target.ends >= 0, (night.ends >= 0) | (civil.ends >= 0))
    assert civil.next_start[0] < night.next_start[0]
    last = int(target.ends[night.next_start[0]])
    assert civil.next_start[last - 30] == last - 30
    assert civil.next_start[last - 29] == outlook.tables.samples


def test_the_same_limits_are_worked_out_once(make: Any) -> None:
    """Asking again gives the very same answer."""
    outlook = make.situation(make.utc(20), (make.candidate(),)).outlook
    plans, limits = (PlanLimits.of(make.plan()),), AltitudeLimits(20, 0, False, 0)
    first = outlook.target(0, limits, plans=plans, visit_samples=30)
    assert outlook.target(0, limits, plans=plans, visit_samples=30) is first
    assert outlook.target(0, limits, plans=plans, visit_samples=31) is not first
