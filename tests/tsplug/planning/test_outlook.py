"""When targets can be imaged: whole nights of masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tsplug.planning.horizon import AltitudeLimits
from tsplug.planning.meridian import MeridianLimits
from tsplug.planning.outlook import PlanLimits, TargetLimits, Wanted

FREE = TargetLimits(AltitudeLimits(0, 0, False, 0), MeridianLimits(0, 0, 0))


def test_a_target_ends_with_the_last_of_its_plans_and_starts_with_the_first(make: Any) -> None:
    """A target is possible while any plan is; a visit may start where one fits and the whole lasts long enough."""
    outlook = make.situation(make.utc(20), (make.candidate(),)).outlook
    plans = tuple(PlanLimits.of(make.plan(template={"twilight": level})) for level in ("nighttime", "civil"))
    [visit] = outlook.visits([Wanted(0, FREE, plans, 30)])
    night, civil = visit.plan_ends
    assert np.array_equal(visit.ends >= 0, (night >= 0) | (civil >= 0))
    assert visit.next_start[1][0] < visit.next_start[0][0]
    last = int(visit.ends[visit.next_start[0][0]])
    assert visit.next_start[1][last - 30] == last - 30
    assert visit.next_start[1][last - 29] == outlook.tables.samples


def test_the_same_question_is_worked_out_once(make: Any) -> None:
    """Asking again gives the very same answer, another minimum time another."""
    outlook = make.situation(make.utc(20), (make.candidate(),)).outlook
    wanted = Wanted(0, FREE, (PlanLimits.of(make.plan()),), 30)
    [first] = outlook.visits([wanted])
    assert outlook.visits([wanted]) == [first]
    assert outlook.visits([wanted._replace(minimum_samples=31)])[0] is not first


def test_many_targets_at_once_are_each_as_alone(make: Any) -> None:
    """Working out a hundred questions in one go changes no answer."""
    candidates = tuple(make.candidate(guid=str(n), ra_hours=n / 2, dec_deg=3.0 * n - 60) for n in range(40))
    moon = {"moon_avoidance": True, "moon_separation_deg": 70, "twilight": "astronomical"}
    plans = (PlanLimits.of(make.plan()), PlanLimits.of(make.plan(template=moon)))
    limits = FREE._replace(altitude=AltitudeLimits(25, 70, False, 0), meridian=MeridianLimits(120, 10, 5))
    wanted = [Wanted(row, limits, plans[: 1 + row % 2], 30) for row in range(40)]
    together = make.situation(make.utc(20), candidates).outlook.visits(wanted)
    alone = make.situation(make.utc(20), candidates).outlook
    for each, visit in zip(wanted, together, strict=True):
        [other] = alone.visits([each])
        assert np.array_equal(visit.ends, other.ends)
        assert np.array_equal(visit.next_start, other.next_start)
