"""What comes before an exposure must fit with it: pointing, dither, filter, and the flip above and below the pole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tsplug.model import Overheads, TakeExposure, Twilight
from tsplug.planning import decide
from tsplug.planning.preview import preview


@pytest.mark.parametrize(
    ("costs", "said", "fits"),
    [
        ({"dither_s": 40}, {"since_dither": ("L",)}, False),
        ({"dither_s": 40}, {"since_dither": ()}, True),
        ({"filter_change_s": 40}, {"current_filter": "R"}, False),
        ({"filter_change_s": 40}, {"current_filter": "L"}, True),
        ({"new_target_s": 40}, {"current_target_guid": None}, False),
        ({"download_s": 40}, {}, True),
    ],
)
def test_the_steps_before_an_exposure_must_fit_too(costs: Any, said: Any, fits: bool, make: Any) -> None:
    """An exposure of 100 s with 120 s left is taken unless dither, filter or a new target take 40 s of it."""
    candidate = make.candidate(
        make.plan(desired=20, exposure_s=100.0), project=make.project(minimum_time_min=0, dither_every=1)
    )
    now = make.utc(20)
    asked = {"until": now + timedelta(seconds=120), "current_target_guid": "m31", "current_filter": "L", **said}
    decision = decide(make.situation(now, (candidate,), profile=make.rig(Overheads(**costs)), **asked), (candidate,))
    assert isinstance(decision, TakeExposure) == fits
    if not fits:
        assert decision.rejected[-1].numbers == {"needed_s": 140.0, "possible_s": 120.0}


def test_a_flip_that_may_be_due_must_fit_too(make: Any) -> None:
    """Within the minutes after transit in which the mount may not have flipped, room is kept for that."""
    candidate = make.candidate(make.plan(desired=20, exposure_s=300.0), project=make.project(minimum_time_min=0))
    situation = make.situation(make.utc(18), (candidate,), profile=make.rig(Overheads(flip_s=120)))
    transit = situation.outlook.tables.transit(0, situation.outlook.tables.sample_before(make.utc(21)))
    for minutes, fits in ((-10, True), (4, False), (20, True)):
        now = transit + timedelta(minutes=minutes)
        until = now + timedelta(seconds=400)
        asked = situation.request.model_copy(update={"current_target_guid": "m31", "until": until})
        assert isinstance(decide(replace(situation, now=now, request=asked), (candidate,)), TakeExposure) == fits


def test_a_mount_flips_below_the_pole_too(make: Any) -> None:
    """From the west to the east under the pole: one flip on the way, and room for it before the night's limit."""
    plan, project = make.plan(desired=400, exposure_s=300.0), make.project(minimum_time_min=0)
    candidate = make.candidate(plan, project=project, dec_deg=85.0, ra_hours=14.0)
    site, profile = make.site(60.0), make.rig(Overheads(flip_s=120))
    situation = make.situation(make.utc(17), (candidate,), profile=profile, site=site)
    lights = [each for span in preview(situation, (candidate,)).spans for each in span.exposures]
    [flip] = [place for place, each in enumerate(lights) if each.flip]
    tables = situation.outlook.tables
    before, after = (make.past_min(tables, "m31", lights[place].start) for place in (flip - 1, flip))
    assert before > 700 > -700 > after
    now = lights[flip].start - timedelta(seconds=115)
    for seconds, wrong, fits in ((400, None, False), (430, None, True), (400, True, False), (400, False, True)):
        said = {"until": now + timedelta(seconds=seconds), "current_target_guid": "m31", "on_wrong_side": wrong}
        asked = situation.request.model_copy(update=said)
        assert isinstance(decide(replace(situation, now=now, request=asked), (candidate,)), TakeExposure) == fits


def test_a_target_of_the_polar_night_is_imaged_until_noon(make: Any) -> None:
    """What comes before its last exposure would end after the night, where the sky is in no table."""
    overheads = Overheads(dither_s=60, filter_change_s=6, autofocus_s=120, flip_s=60, new_target_s=90)
    plan = make.plan("L", {"twilight": Twilight.NAUTICAL}, desired=2000, exposure_s=40.0)
    project = make.project(dither_every=1, minimum_time_min=0)
    candidates = (make.candidate(plan, project=project, ra_hours=6.0, dec_deg=80.0),)
    begin = datetime(2026, 12, 22, 8, tzinfo=UTC)
    situation = make.situation(begin, candidates, site=make.site(80, 15), profile=make.rig(overheads))
    last = preview(situation, candidates).spans[-1].exposures[-1]
    assert timedelta() < datetime(2026, 12, 22, 11, tzinfo=UTC) - last.start < timedelta(minutes=5)
