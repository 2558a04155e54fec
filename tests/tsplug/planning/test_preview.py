"""The previewed night: the same as the night that is lived, and what must hold in every night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsplug.model import (
    Dither,
    Expose,
    MoonAge,
    NightPreview,
    NothingLeft,
    Overheads,
    PreviewExposure,
    Priority,
    SlewCenter,
    SwitchFilter,
    TakeExposure,
    Twilight,
    WaitUntil,
)
from tsplug.planning import Candidate, NightTables, Situation, decide
from tsplug.planning.ephemeris import SIDEREAL_DEG_PER_MINUTE
from tsplug.planning.exposures import after_exposure, recorded, state_of
from tsplug.planning.moon import MoonRule, avoidance_deg
from tsplug.planning.preview import preview
from tsplug.planning.scoring import Contest, ScoringRule
from tsplug.planning.twilight import SUN_LIMIT_DEG

COSTS = Overheads(new_target_s=120, dither_s=20, filter_change_s=8, download_s=4)


def lived(
    situation: Situation, candidates: tuple[Candidate, ...], *, costs: Overheads, make: Any
) -> list[tuple[datetime, str]]:
    """Return starts and plans of a night in which a host asks before every exposure, and every one succeeds."""
    now, asked, lights, stands_west = situation.now, situation.request, [], False
    tables, after_min = situation.outlook.tables, situation.profile.planner.flip_after_min
    while now in tables.night:
        if asked.current_target_guid is not None:
            side = make.past_min(tables, asked.current_target_guid, now) >= 0
            asked = asked.model_copy(update={"on_wrong_side": side != stands_west})
        decision = decide(replace(situation, now=now, request=asked), candidates)
        if isinstance(decision, NothingLeft):
            break
        if isinstance(decision, WaitUntil):
            assert decision.until > now
            now, asked = decision.until, situation.request.model_copy(update={"current_filter": asked.current_filter})
            continue
        if decision.target_guid != asked.current_target_guid:
            stands_west = make.past_min(tables, decision.target_guid, now) >= 0
        passed = make.past_min(tables, decision.target_guid, now)
        # A dither would be the flip that is not due yet.
        stays = stands_west != (passed >= 0) and 0 <= passed < after_min
        steps = [step for step in decision.steps if not (stays and isinstance(step, Dither))]
        for step in steps:
            now += timedelta(seconds=lead_s(step, costs))
        passed = make.past_min(tables, decision.target_guid, now)
        if stands_west != (passed >= 0) and not 0 <= passed < after_min:
            now, stands_west = now + timedelta(seconds=costs.flip_s), not stands_west
        lights.append((now, decision.plan_guid))
        now += timedelta(seconds=decision.steps[-1].exposure_s + costs.download_s)
        candidates = tuple(counted(each, decision, situation) for each in candidates)
        fresh = any(isinstance(step, Dither | SlewCenter) for step in steps)
        since = (*(() if fresh else asked.since_dither), decision.filter_name)
        told = {"current_target_guid": decision.target_guid, "current_filter": decision.filter_name}
        asked = asked.model_copy(update={**told, "since_dither": since, "stays_until": decision.stays_until})
    return lights


def lead_s(step: Any, costs: Overheads) -> float:
    known = {SlewCenter: costs.new_target_s, Dither: costs.dither_s, SwitchFilter: costs.filter_change_s}
    return known.get(type(step), 0.0)


def counted(candidate: Candidate, decision: TakeExposure, situation: Situation) -> Candidate:
    if candidate.target.guid != decision.target_guid:
        return candidate
    night = situation.outlook.tables.night.date
    state = state_of(candidate.project, candidate.target, plan_guids=candidate.plan_guids, night=night)
    [item] = [each for each in candidate.plans if each.plan.guid == decision.plan_guid]
    graded = candidate.project.grading_enabled
    update = {"acquired": item.plan.acquired + 1, "accepted": item.plan.accepted + graded}
    plans = tuple(
        replace(each, plan=each.plan.model_copy(update=update)) if each is item else each for each in candidate.plans
    )
    target = recorded(candidate, after_exposure(candidate, item, state=state), night=night)
    return replace(candidate, target=target, plans=plans)


def lights_of(night: NightPreview) -> list[tuple[datetime, str]]:
    return [(each.start, each.plan_guid) for span in night.spans for each in span.exposures]


PLANS = st.lists(
    st.tuples(
        st.integers(1, 12), st.sampled_from(Twilight), st.integers(-20, 20), st.sampled_from([60.0, 180.0, 600.0]),
        st.booleans(), st.sampled_from([40.0, 120.0]),
    ),
    min_size=1, max_size=3,
)  # fmt: skip
PROJECTS = st.fixed_dictionaries(
    {
        "minimum_altitude_deg": st.integers(0, 45),
        "maximum_altitude_deg": st.sampled_from([0.0, 75.0]),
        "minimum_time_min": st.integers(0, 60),
        "meridian_window_min": st.sampled_from([0, 15, 90]),
        "use_custom_horizon": st.booleans(),
        "filter_switch_frequency": st.integers(0, 2),
        "dither_every": st.integers(0, 3),
        "smart_exposure_order": st.booleans(),
        "priority": st.sampled_from(Priority),
        "grading_enabled": st.booleans(),
        "is_mosaic": st.booleans(),
    }
)
TARGETS = st.lists(st.tuples(st.floats(0, 23.9), st.floats(-60, 89), PROJECTS, PLANS), min_size=1, max_size=4)
WALL = [(30.0, 10.0), (150.0, 35.0), (240.0, 0.0)]
SITES = st.tuples(st.floats(-75, 75), st.floats(-180, 180))
NOONS = st.integers(0, 730).map(lambda days: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=days))


def build(make: Any, drawn: Any) -> tuple[Candidate, ...]:
    made = []
    for number, (ra_hours, dec_deg, project, plans) in enumerate(drawn):
        items = [
            make.plan(
                "LRG"[place],
                {
                    "twilight": level, "twilight_offset_min": offset, "moon_avoidance": minds,
                    "moon_separation_deg": separation,
                },
                desired=desired, exposure_s=seconds, guid=f"{number}-{place}",
            )
            for place, (desired, level, offset, seconds, minds, separation) in enumerate(plans)
        ]  # fmt: skip
        named = make.project(**project, id=number // 2)
        made.append(
            make.candidate(
                *items, project=named, guid=f"t{number}", name=f"T{number}", ra_hours=ra_hours, dec_deg=dec_deg
            )
        )
    return tuple(made)


def previewed(make: Any, where: Any, noon: datetime, candidates: tuple[Candidate, ...], profile: Any) -> Any:
    situation = make.situation(noon, candidates, site=make.site(*where, horizon=WALL), profile=profile)
    return situation, preview(situation, candidates)


def keeps_to_limits(tables: NightTables, candidate: Candidate, exposure: PreviewExposure, *, pause_min: float) -> None:
    """Hold an exposure against the sky of its minutes: altitude, Sun, Moon, meridian window and flip zone."""
    row, project = tables.rows[candidate.target.guid], candidate.project
    [item] = [each for each in candidate.plans if each.plan.guid == exposure.plan_guid]
    ends = exposure.start + timedelta(seconds=exposure.exposure_s)
    samples = slice(tables.sample_before(exposure.start), tables.sample_before(ends) + 1)
    altitudes = tables.altitude_deg[row, samples]
    assert altitudes.min() > project.minimum_altitude_deg
    assert altitudes.max() <= (project.maximum_altitude_deg or 90.0)
    shift = max(0, item.template.twilight_offset_min)
    dark = tables.sun_altitude_deg < SUN_LIMIT_DEG[item.template.twilight]
    assert dark[max(0, samples.start - shift) : samples.stop + shift].all() or item.template.twilight_offset_min < 0
    reach = max(0, -item.template.twilight_offset_min)
    for sample in range(samples.start, samples.stop):
        assert dark[max(0, sample - reach) : sample + reach + 1].any()
    if project.use_custom_horizon:
        behind = np.interp(tables.azimuth_deg[row, samples], *zip(*WALL, strict=True), period=360.0)
        assert (altitudes > behind + project.horizon_offset_deg).all()
    if item.template.moon_avoidance:
        rule = MoonRule.of(item.template, age=MoonAge.ECLIPTIC)
        assert rule is not None
        asked = avoidance_deg(rule, age_days=tables.moon_age_days, altitude_deg=tables.moon_altitude_deg)
        assert (tables.moon_separation_deg[row, samples] >= asked[samples]).all()
    minutes = tables.hour_angle_of(row, samples) / SIDEREAL_DEG_PER_MINUTE
    assert not project.meridian_window_min or np.abs(minutes).max() <= project.meridian_window_min
    assert not pause_min or not ((minutes > -pause_min - 0.5) & (minutes < 5.5)).any()


OVERHEADS = st.builds(
    Overheads,
    new_target_s=st.sampled_from([0, 45, 240]),
    dither_s=st.sampled_from([0, 30]),
    filter_change_s=st.sampled_from([0, 7, 90]),
    download_s=st.sampled_from([0, 3]),
    flip_s=st.sampled_from([0, 150]),
    autofocus_s=st.sampled_from([0, 200]),
    autofocus_every_min=st.sampled_from([0, 25]),
)
MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(where=SITES, noon=NOONS, drawn=TARGETS, costs=OVERHEADS, after_min=st.sampled_from([0.0, 4.0]))
def test_a_preview_is_the_night_that_is_lived(
    where: Any, noon: datetime, drawn: Any, costs: Overheads, after_min: float, make: Any
) -> None:
    """Asking before every exposure leads to the same exposures at the same times, and the candidates stay untouched.

    No wait leads nowhere, and the mount flips when the target has come to the other side of the meridian.
    """
    # A host focuses by itself; how long it takes is not in its steps.
    costs = costs.model_copy(update={"autofocus_s": 0.0})
    candidates = build(make, drawn)
    before = (
        [each.target.model_dump_json() for each in candidates],
        [p.plan.model_copy() for c in candidates for p in c.plans],
    )
    situation, night = previewed(make, where, noon, candidates, make.rig(costs, flip_after_min=after_min))
    assert lights_of(night) == lived(situation, candidates, costs=costs, make=make)
    after = [each.target.model_dump_json() for each in candidates], [p.plan for c in candidates for p in c.plans]
    assert after == before


@MANY
@given(where=SITES, noon=NOONS, drawn=TARGETS, costs=OVERHEADS, pause_min=st.sampled_from([0.0, 0.0, 12.0]))
def test_no_exposure_of_a_night_breaks_a_limit(
    where: Any, noon: datetime, drawn: Any, costs: Overheads, pause_min: float, make: Any
) -> None:
    """Whatever steps take, spans do not overlap, and exposures lie within every limit and within what is wanted."""
    candidates = build(make, drawn)
    flips = {"flip_pause_min": pause_min, "flip_after_min": 5.0}
    situation, night = previewed(make, where, noon, candidates, make.rig(costs, throttle=125, **flips))
    by_guid = {each.target.guid: each for each in candidates}
    for span, following in pairwise(night.spans):
        assert span.start < span.end <= following.start
    for span in night.spans:
        for each in span.exposures:
            ends = each.start + timedelta(seconds=each.exposure_s)
            assert span.start <= each.start < ends <= span.end
            keeps_to_limits(situation.outlook.tables, by_guid[span.target_guid], each, pause_min=pause_min)
    taken: dict[str, int] = {}
    for _, guid in lights_of(night):
        taken[guid] = taken.get(guid, 0) + 1
    for candidate in candidates:
        for item in candidate.plans:
            limit = item.plan.desired if candidate.project.grading_enabled else item.plan.desired * 125 // 100
            assert taken.get(item.plan.guid, 0) <= limit


@MANY
@given(where=SITES, noon=NOONS, drawn=TARGETS, order=st.randoms())
def test_the_order_of_projects_changes_nothing(where: Any, noon: datetime, drawn: Any, order: Any, make: Any) -> None:
    """Shuffled candidates, twins among them, give the same night: ties have a key of their own."""
    candidates = build(make, drawn * 2)
    shuffled = list(candidates)
    order.shuffle(shuffled)
    _, night = previewed(make, where, noon, candidates, make.rig(COSTS))
    assert previewed(make, where, noon, tuple(shuffled), make.rig(COSTS))[1] == night


@MANY
@given(where=SITES, noon=NOONS, drawn=TARGETS)
def test_a_target_is_left_within_its_promised_time_only_for_a_reason(
    where: Any, noon: datetime, drawn: Any, make: Any
) -> None:
    """A visit shorter than its minimum time ends because the target was done or could not go on."""
    candidates = build(make, drawn)
    situation, night = previewed(make, where, noon, candidates, make.rig(Overheads()))
    for place, span in enumerate(night.spans):
        if span.kind == "wait":
            continue
        candidate = next(each for each in candidates if each.target.guid == span.target_guid)
        longest_s = max(item.exposure_s for item in candidate.plans)
        if (span.end - span.start).total_seconds() > candidate.project.minimum_time_min * 60 - longest_s:
            continue
        counts = [
            guid for earlier in night.spans[: place + 1] for guid in (each.plan_guid for each in earlier.exposures)
        ]
        now = replace(situation, now=span.end)
        if span.end not in situation.outlook.tables.night:
            continue
        update = {item.plan.guid: counts.count(item.plan.guid) for item in candidate.plans}
        plans = tuple(
            replace(
                item,
                plan=item.plan.model_copy(
                    update={"acquired": update[item.plan.guid], "accepted": update[item.plan.guid]}
                ),
            )
            for item in candidate.plans
        )
        asked = situation.request.model_copy(update={"current_target_guid": span.target_guid})
        alone = decide(replace(now, request=asked), (replace(candidate, plans=plans),))
        assert not isinstance(alone, TakeExposure)


def test_steps_take_the_time_that_the_rig_says(make: Any) -> None:
    """Pointing, filter, dither and download move the starts by their seconds."""
    project = make.project(dither_every=1, minimum_time_min=0)
    candidate = make.candidate(make.plan(desired=2, exposure_s=100.0), project=project)
    [_, visit] = preview(make.situation(make.utc(12), (candidate,), profile=make.rig(COSTS)), (candidate,)).spans
    first, second = visit.exposures
    assert (first.start - visit.start).total_seconds() == 120 + 8
    assert (second.start - first.start).total_seconds() == 100 + 4 + 20
    assert (first.dither, second.dither) == (False, True)
    assert (visit.end - second.start).total_seconds() == 104


def test_a_rig_focuses_again_after_a_while(make: Any) -> None:
    """Half an hour after the first target was come to, and every half hour from then on, a focus comes first."""
    costs = Overheads(autofocus_s=100, autofocus_every_min=30)
    candidate = make.candidate(make.plan(desired=20, exposure_s=300.0), project=make.project(minimum_time_min=0))
    situation = make.situation(make.utc(19), (candidate,), profile=make.rig(costs))
    [visit] = preview(situation, (candidate,)).spans
    assert [place for place, each in enumerate(visit.exposures) if each.focus] == [6, 12, 18]
    assert (visit.exposures[6].start - visit.exposures[5].start).total_seconds() == 300 + 100


def test_a_flip_is_told_where_a_target_passes_the_meridian(make: Any) -> None:
    """The first exposure after transit is marked once, and takes the flip's time."""
    costs = Overheads(flip_s=90)
    candidate = make.candidate(make.plan(desired=100, exposure_s=300.0), project=make.project())
    situation = make.situation(make.utc(18), (candidate,), profile=make.rig(costs))
    [visit] = [span for span in preview(situation, (candidate,)).spans if span.kind == "target"]
    flips = [place for place, each in enumerate(visit.exposures) if each.flip]
    assert len(flips) == 1
    gap = visit.exposures[flips[0]].start - visit.exposures[flips[0] - 1].start
    assert gap.total_seconds() == 390
    tables = situation.outlook.tables
    transit = tables.transit(0, tables.sample_before(visit.exposures[flips[0]].start))
    assert timedelta(0) < visit.exposures[flips[0]].start - transit < timedelta(seconds=395)


@pytest.mark.parametrize(
    ("minutes", "wrong", "flips"), [(-20, None, [True]), (3, None, [False]), (3, True, [True]), (3, False, [False])]
)
def test_a_slew_chooses_the_side(minutes: int, wrong: bool | None, flips: list[bool], make: Any) -> None:
    """What is come to before its transit flips later; come to, or standing right, behind it: no more."""
    candidate = make.candidate(make.plan(desired=20, exposure_s=120.0))
    profile = make.rig(Overheads(flip_s=120), flip_after_min=10)
    situation = make.situation(make.utc(18), (candidate,), profile=profile)
    transit = situation.outlook.tables.transit(0, situation.outlook.tables.sample_before(make.utc(21)))
    current = {} if wrong is None else {"current_target_guid": "m31", "on_wrong_side": wrong}
    asked = situation.request.model_copy(update=current)
    night = preview(replace(situation, now=transit + timedelta(minutes=minutes), request=asked), (candidate,))
    marked = [each.start - transit for span in night.spans for each in span.exposures if each.flip]
    assert [bool(marked)] == flips
    assert all(timedelta(minutes=10) < each < timedelta(minutes=15) for each in marked)


@pytest.mark.parametrize("latitude_deg", [70.0, 90.0])
def test_a_summer_without_night_is_an_empty_preview(latitude_deg: float, make: Any) -> None:
    """Nothing is planned, and the reason says why."""
    candidate = make.candidate()
    night = preview(make.situation(make.utc(12, month=6), (candidate,), site=make.site(latitude_deg)), (candidate,))
    assert (night.spans, night.ends_because) == ((), "the Sun does not set in this night")


@given(minutes=st.integers(0, 700))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_site_one_hour_west_sees_the_same_stars_a_sidereal_hour_later(minutes: int, make: Any) -> None:
    """Altitude-based decisions move with the site: 15 degrees of longitude for one sidereal hour."""
    now = make.utc(18) + timedelta(minutes=minutes)
    later = now + timedelta(seconds=3600 / 1.002737909)
    project = make.project(minimum_altitude_deg=35, minimum_time_min=0)
    candidate = make.candidate(make.plan(template={"twilight": "civil", "twilight_offset_min": -999}), project=project)
    here, there = make.situation(now, (candidate,)), make.situation(later, (candidate,), site=make.site(47.0, -7.0))
    tables = [(each.outlook.tables, each.now) for each in (here, there)]
    altitudes = [float(table.altitude_deg[0, table.sample_before(moment)]) for table, moment in tables]
    assert abs(altitudes[0] - altitudes[1]) < 0.3
    if abs(altitudes[0] - 35) > 1:
        kinds = {type(decide(each, (candidate,))) is TakeExposure for each in (here, there)}
        assert len(kinds) == 1


def test_rules_of_others_see_the_counters_of_the_previewed_night(make: Any) -> None:
    """A rule that reads plans and their order is told what was taken so far, as it would be in the night itself."""
    seen: list[tuple[int, int, int]] = []

    def least_taken(contest: Contest, /) -> Any:
        counts = [each.plans[0].plan.acquired for each in contest.candidates]
        for each in contest.candidates:
            marked = [place for place, item in enumerate(each.target.filter_cadence) if item.next]
            seen.append((each.plans[0].plan.acquired, each.plans[0].plan.accepted, *(marked or [0])))
        return np.array([1.0 - count / 10 for count in counts])

    project = make.project(minimum_time_min=0, grading_enabled=True, filter_switch_frequency=2)
    candidates = tuple(make.candidate(make.plan(desired=3), project=project, guid=guid) for guid in "ab")
    rules = {"Evenly": ScoringRule("Evenly", "least taken first", least_taken, weight=100)}
    situation = make.situation(make.utc(20), candidates, profile=make.rig(Overheads()))
    night = preview(situation, candidates, rules=rules)
    assert [span.target_guid for span in night.spans if span.kind == "target"][:4] == ["a", "b", "a", "b"]
    assert {(acquired, accepted) for acquired, accepted, _ in seen} == {(0, 0), (1, 1), (2, 2)}
    assert {place for _, _, place in seen} == {0, 1}
    assert [each.plans[0].plan.acquired for each in candidates] == [0, 0]


def test_exposures_end_in_a_step(make: Any) -> None:
    """The last step of a decision is the exposure itself."""
    candidate = make.candidate()
    decision = decide(make.situation(make.utc(20), (candidate,)), (candidate,))
    assert isinstance(decision.steps[-1], Expose)
