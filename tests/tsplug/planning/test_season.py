"""The nights ahead: each plan is filled from the hours in which it can be exposed itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tsplug.model import DecisionRequest
from tsplug.model.night import night_starting
from tsplug.planning import Candidate, NightOutlook, Place, Situation, SkyTarget, night_tables
from tsplug.planning.preview import preview
from tsplug.planning.runs import run_ends
from tsplug.planning.season import minutes_of, season, shared_out

FIRST, NIGHTS = date(2026, 11, 21), 12
NO_MOON = {
    "moon_avoidance": True, "moon_must_be_down": True, "moon_separation_deg": 180, "moon_relax_maximum_altitude_deg": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def outlooks(make: Any) -> list[NightOutlook]:
    """Return twelve nights around the full Moon of November for M 31."""
    site, target = make.site(), SkyTarget("m31", 0.712, 41.27)
    days = [night_starting(FIRST + timedelta(days=count), site) for count in range(NIGHTS)]
    return [NightOutlook(night_tables(Place.of(site), night, targets=[target])) for night in days]


def lived(outlooks: list[NightOutlook], candidate: Candidate, make: Any) -> date | None:
    """Return the night after which a target is complete if every night goes as it is previewed."""
    for outlook in outlooks:
        request = DecisionRequest(profile_guid="rig")
        situation = Situation(outlook.tables.night.start, make.site(), make.profile(), outlook, request)
        night = preview(situation, (candidate,))
        taken = Counter(each.plan_guid for span in night.spans for each in span.exposures)
        plans = tuple(
            replace(item, plan=item.plan.model_copy(update={"acquired": item.plan.acquired + taken[item.plan.guid]}))
            for item in candidate.plans
        )
        candidate = replace(candidate, plans=plans)
        if all(item.plan.acquired >= item.plan.desired for item in plans):
            return outlook.tables.night.date
    return None


def test_a_plan_that_the_moon_forbids_is_not_filled_from_the_hours_of_another(
    outlooks: list[NightOutlook], make: Any
) -> None:
    """An hour of Ha beside ten of L without the Moon: complete when the L is, as night after night tells."""
    ha, light = make.plan("Ha", desired=1, exposure_s=600.0), make.plan("L", NO_MOON, desired=60, exposure_s=600.0)
    both, alone = make.candidate(ha, light), make.candidate(light)
    [told], [of_light] = (season(outlooks, (each,), profile=make.profile()) for each in (both, alone))
    assert told.complete_on == of_light.complete_on == lived(outlooks, both, make) == date(2026, 12, 1)
    assert told.wanted_hours == pytest.approx(61 / 6, abs=0.001)
    assert told.nights[0].left_hours < told.wanted_hours
    full_moon = told.nights[3]
    assert (full_moon.hours, full_moon.left_hours) == (0.0, told.nights[2].left_hours)
    assert told.nights[-1].left_hours == 0.0


def test_the_strictest_plan_chooses_first_and_leaves_what_others_can_use() -> None:
    """Two plans in turn over ten minutes: the one of few minutes takes those that only it can have."""
    minutes = np.arange(10)
    plans = {"wide": minutes >= 2, "strict": minutes < 5}
    assert shared_out(plans, {"wide": (8, 60.0), "strict": (2, 60.0)}) == {"wide": 8, "strict": 2}
    assert shared_out(plans, {"wide": (99, 90.0), "strict": (99, 60.0)}) == {"wide": 3, "strict": 5}


def test_minutes_are_those_of_runs_that_last() -> None:
    """From sample to sample, in runs long enough, cut where the night has begun already."""
    ends = run_ends(np.array([1, 1, 1, 0, 1, 1, 1, 1], dtype=np.bool_))
    assert np.flatnonzero(minutes_of(ends, first=0, shortest=2)).tolist() == [0, 1, 4, 5, 6]
    assert np.flatnonzero(minutes_of(ends, first=0, shortest=3)).tolist() == [4, 5, 6]
    assert np.flatnonzero(minutes_of(ends, first=1, shortest=2)).tolist() == [4, 5, 6]
